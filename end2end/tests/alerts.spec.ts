import { test, expect } from '../fixtures';
import { randomPassword } from '../fixtures/member';
import { expectInvalidLink, reportNotMe, setNewPassword } from '../flows/alerts';
import { linkIn } from '../flows/emails';
import { expectSignedIn, signIn, submitSignIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { AlertScreen } from '../screens/alerts';
import { NewPasswordScreen } from '../screens/password_reset';
import { expectDone, expectPath, expectRefused } from '../screens/shell';

test('MP-88 a sign-in with a new browser is notified, one with a known browser is not', async ({ page, site, makeMember, resumeSession, expectNoEmailTo }) => {
  const member = await makeMember();
  const emails = site.mail.received(member.email).length;
  await signIn(page, member);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toContain('新しいブラウザ');
  expect(email.text).toMatch(/日時：\d{4}年/);
  expect(linkIn(email, site.url).pathname).toBe(PAGES.alert);

  await resumeSession(member);
  await page.goto(PAGES.home);
  await expectSignedIn(page);
  await expectNoEmailTo(member.email, emails + 1);
});

test('MP-88 "it was me" needs no sign-in and changes nothing', { tag: '@journey' }, async ({ page, site, makeMember, anotherBrowser, expectNoEmailTo }) => {
  const member = await makeMember();
  await signIn(page, member);
  const link = linkIn(await site.mail.emailTo(member.email), site.url);
  const emails = site.mail.received(member.email).length;

  const reader = await anotherBrowser();
  const screen = await AlertScreen.open(reader, link);
  await expect(screen.facts).toContainText(/Chrome|Chromium/);
  await expect(screen.notMine).toBeVisible();
  await screen.mine.click();
  await expectDone(reader, PAGES.alert, 'mine');
  await expectInvalidLink(reader, link);

  await page.goto(PAGES.account);
  await expectPath(page, PAGES.account);
  await expectNoEmailTo(member.email, emails);
});

test('MP-40 MP-87 "it was not me" ends every session; a password reset opens the account again', { tag: '@journey' }, async ({ page, site, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const attacker = await anotherBrowser();
  await signIn(attacker, member, { remember: true });
  const alert = linkIn(await site.mail.emailTo(member.email), site.url);

  await reportNotMe(page, alert);
  await expect(new AlertScreen(page).main).toContainText('2段階認証');
  await attacker.goto(PAGES.account);
  await expectPath(attacker, PAGES.signIn);
  const refused = await submitSignIn(attacker, member);
  await expect(refused.errorSummary).toContainText('新しいパスワード');
  await expectInvalidLink(page, alert);

  const reset = linkIn(await site.mail.emailTo(member.email), site.url);
  expect(reset.pathname).toBe(PAGES.passwordResetNew);
  const screen = await NewPasswordScreen.open(page, reset);
  await expect(screen.rules.first()).toBeVisible();
  await screen.newPassword.fill('short');
  await screen.newPasswordConfirm.fill('short');
  await screen.submit.click();
  await expectRefused(screen, 'new_password', /8/);
  await screen.newPassword.fill(member.password);
  await screen.newPasswordConfirm.fill(member.password);
  await screen.submit.click();
  await expectRefused(screen, 'new_password', '現在と同じパスワードは設定できません');

  const next = randomPassword();
  await setNewPassword(page, reset, next);
  await expectInvalidLink(page, reset);
  await signIn(page, { ...member, password: next });
  const old = await submitSignIn(attacker, member);
  await expect(old.errorSummary).toBeVisible();
});

test('MP-88 the owner may be signed in while answering; "it was not me" ends that session too', async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await signIn(await anotherBrowser(), member);
  await reportNotMe(page, linkIn(await site.mail.emailTo(member.email), site.url));
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.signIn);
});

test('MP-36 truncated and invented links lead to one page with three causes', { tag: '@nojs' }, async ({ page }) => {
  await page.goto(PAGES.signIn);
  for (const address of [PAGES.alert, `${PAGES.alert}?t=none`, PAGES.passwordResetNew, `${PAGES.passwordResetNew}?t=none`]) {
    await expectInvalidLink(page, address);
  }
});

test('MP-33 the email and its page in English', { tag: '@phone' }, async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await signIn(page, member);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toContain('new browser');
  const reader = await anotherBrowser('en');
  await reportNotMe(reader, linkIn(email, site.url));
  await expect(reader.locator('main')).toContainText('old password no longer works');
});
