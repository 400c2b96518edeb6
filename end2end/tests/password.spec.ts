import { test, expect } from '../fixtures';
import { aPassword } from '../fixtures/member';
import { changePassword, tryPassword } from '../deeds/profile';
import { signIn, signOut, trySignIn } from '../deeds/sign_in';
import { PASSWORD_HAS } from '../screens/registration';
import { expectPath, expectRefused } from '../screens/shell';
import { NOT_ACCEPTED } from '../screens/sign_in';

test('MP-38 the password changes: this browser stays signed in, every other one is signed out', async ({ page, context, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const next = aPassword();
  await signIn(page, member);
  const other = await anotherBrowser();
  await signIn(other, member, { remember: true });
  const tokens = (await context.cookies()).filter((cookie) => cookie.httpOnly).map((cookie) => cookie.value);

  await changePassword(page, member.password, next);
  await page.goto('/account');
  await expectPath(page, '/account');
  const renewed = (await context.cookies()).filter((cookie) => cookie.httpOnly).map((cookie) => cookie.value);
  expect(renewed.some((token) => !tokens.includes(token)), 'a new session token').toBe(true);

  await other.goto('/account');
  await expectPath(other, '/sign-in');

  await signOut(page);
  const old = await trySignIn(page, member);
  await expect(old.main).toContainText(NOT_ACCEPTED);
  await signIn(page, { ...member, password: next });
});

test('MP-38 the current password is needed, and must be right', async ({ page, makeMember, enterAs }) => {
  const member = await makeMember();
  await enterAs(member);
  const missing = await tryPassword(page, '', aPassword());
  await expectRefused(missing, 'current_password');
  const wrong = await tryPassword(page, 'not-the-current-1', aPassword());
  await expectRefused(wrong, 'current_password');
  for (const field of [wrong.currentPassword, wrong.newPassword, wrong.newPasswordConfirm]) {
    await expect(field).not.toHaveAttribute('value', /./);
  }
  await page.goto('/');
  await signOut(page);
  await signIn(page, member);
});

test('MP-38 the new password is typed twice alike, and is not the old one', async ({ page, makeMember, enterAs }) => {
  const member = await makeMember();
  await enterAs(member);
  await expectRefused(await tryPassword(page, member.password, aPassword(), aPassword()), 'new_password_confirm');
  await expectRefused(await tryPassword(page, member.password, '', ''), 'new_password');
  await expectRefused(await tryPassword(page, member.password, member.password), 'new_password');
});

test('MP-16 MP-13 MP-14 MP-15 the same rules as at registration, in the same words', async ({ page, makeMember, enterAs }) => {
  const member = await makeMember('ja', { familyName: 'Yamada', givenName: 'Taro' });
  await enterAs(member);
  for (const [password, message] of [
    ['xx-taro-2026-yy', PASSWORD_HAS.givenName],
    ['xx-YAMADA-2026-yy', PASSWORD_HAS.familyName],
    [`xx-${member.email}`, PASSWORD_HAS.userId],
    ['aB3$xyz', /8|８/],
  ] as const) {
    await expectRefused(await tryPassword(page, member.password, password), 'new_password', message);
  }
});

test('MP-39 one who forgot the current password is told the way', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  await page.goto('/account/profile');
  await expect(page.locator('main')).toContainText(/パスワードを(お)?忘れ/);
});
