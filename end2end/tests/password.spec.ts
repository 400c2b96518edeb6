import { test, expect } from '../fixtures';
import { randomPassword } from '../fixtures/member';
import { changePassword, submitPasswordChange } from '../flows/profile';
import { signIn, signOut, submitSignIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { PASSWORD_HAS } from '../screens/registration';
import { expectPath, expectRefused } from '../screens/shell';
import { NOT_ACCEPTED } from '../screens/sign_in';

test('MP-38 the password changes: this browser stays signed in, every other one is signed out', { tag: '@journey' }, async ({ page, context, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const next = randomPassword();
  await signIn(page, member);
  const other = await anotherBrowser();
  await signIn(other, member, { remember: true });
  const tokens = (await context.cookies()).filter((cookie) => cookie.httpOnly).map((cookie) => cookie.value);

  await changePassword(page, member.password, next);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.account);
  const renewed = (await context.cookies()).filter((cookie) => cookie.httpOnly).map((cookie) => cookie.value);
  expect(renewed.some((token) => !tokens.includes(token)), 'a new session token').toBe(true);

  await other.goto(PAGES.account);
  await expectPath(other, PAGES.signIn);

  await signOut(page);
  const old = await submitSignIn(page, member);
  await expect(old.main).toContainText(NOT_ACCEPTED);
  await signIn(page, { ...member, password: next });
});

test('MP-38 the current password is needed, and must be right', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  const missing = await submitPasswordChange(page, '', randomPassword());
  await expectRefused(missing, 'current_password');
  const wrong = await submitPasswordChange(page, 'not-the-current-1', randomPassword());
  await expectRefused(wrong, 'current_password');
  for (const field of [wrong.currentPassword, wrong.newPassword, wrong.newPasswordConfirm]) {
    await expect(field).not.toHaveAttribute('value', /./);
  }
  await page.goto(PAGES.home);
  await signOut(page);
  await signIn(page, member);
});

test('MP-38 the new password is typed twice alike, and is not the old one', { tag: '@nojs' }, async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  await expectRefused(await submitPasswordChange(page, member.password, randomPassword(), randomPassword()), 'new_password_confirm');
  await expectRefused(await submitPasswordChange(page, member.password, '', ''), 'new_password');
  await expectRefused(await submitPasswordChange(page, member.password, member.password), 'new_password');
});

test('MP-16 MP-13 MP-14 MP-15 the same rules as at registration, in the same words', async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember('ja', { familyName: 'Yamada', givenName: 'Taro' });
  await resumeSession(member);
  for (const [password, message] of [
    ['xx-taro-2026-yy', PASSWORD_HAS.givenName],
    ['xx-YAMADA-2026-yy', PASSWORD_HAS.familyName],
    [`xx-${member.email}`, PASSWORD_HAS.userId],
    ['aB3$xyz', /8|８/],
  ] as const) {
    await expectRefused(await submitPasswordChange(page, member.password, password), 'new_password', message);
  }
});

test('MP-39 the page shows the way for a forgotten current password', { tag: '@nojs' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await page.goto(PAGES.profile);
  await expect(page.locator('main')).toContainText(/パスワードを(お)?忘れ/);
});
