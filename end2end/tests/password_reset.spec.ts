import { test, expect } from '../fixtures';
import { randomPassword } from '../fixtures/member';
import { expectInvalidLink } from '../flows/alerts';
import { fullWidth, linkIn, groupedCodeIn } from '../flows/emails';
import { requestReset, chooseNewPassword } from '../flows/password_reset';
import { passFirstFactor, setUpApp, enableSecondFactor } from '../flows/second_factor';
import { expectSignedIn, signIn, submitSignIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { AlertScreen } from '../screens/alerts';
import { NewPasswordScreen, ResetScreen, ResetSentScreen } from '../screens/password_reset';
import { SecurityScreen } from '../screens/security';
import { expectDone, expectPath, expectRefused } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('MP-24 MP-35 MP-36 a forgotten password is reset by the link of an email that a scanner opened five times', { tag: '@journey' }, async ({ page, site, makeMember, anotherBrowser, request }) => {
  const member = await makeMember();
  await page.goto(PAGES.signIn);
  await page.getByRole('link', { name: 'パスワードをお忘れの方はこちら' }).click();
  await expectPath(page, PAGES.passwordReset);
  await requestReset(page, member.email);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toContain('新しいパスワード');
  const link = linkIn(email, site.url);
  // A mail scanner.
  for (let n = 0; n < 5; n += 1) {
    expect((await request.get(link.href)).status()).toBe(200);
    await request.head(link.href);
  }
  const phone = await anotherBrowser();
  await phone.goto(link.href);
  const next = randomPassword();
  await chooseNewPassword(phone, next);
  await expectInvalidLink(phone, link);
  const old = await submitSignIn(page, member);
  await expect(old.errorSummary).toBeVisible();
  await signIn(page, { ...member, password: next });
});

test('MP-35 the code of the email works in the browser that requested it, in any typing', { tag: '@journey' }, async ({ page, site, makeMember }) => {
  const member = await makeMember();
  const sent = await requestReset(page, member.email);
  await sent.code.fill('0000-0000');
  await sent.submit.click();
  await expectRefused(new ResetSentScreen(page), 'code', '確認コードが正しくありません');
  const code = groupedCodeIn(await site.mail.emailTo(member.email));
  await sent.code.fill(fullWidth(code.toUpperCase()));
  await sent.submit.click();
  const next = randomPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
  // Back does not revive the old form (MP-32).
  await page.goto(PAGES.passwordResetSent);
  await expect(new ResetSentScreen(page).code).toHaveCount(0);
});

test('MP-36 a newer email voids the one before; sent again, the email has a new link', { tag: ['@desktop', '@nojs'] }, async ({ page, site, makeMember }) => {
  const member = await makeMember();
  const sent = await requestReset(page, member.email);
  const first = linkIn(await site.mail.emailTo(member.email), site.url);
  await sent.again.click();
  await expectDone(page, PAGES.passwordResetSent, 'sent-again');
  const second = linkIn(await site.mail.emailTo(member.email), site.url);
  expect(second.href).not.toBe(first.href);
  await expectInvalidLink(page, first);
  await page.goto(second.href);
  await chooseNewPassword(page, randomPassword());
});

test('MP-36 the form of a link left open in another tab says that the link is used', async ({ page, context, site, makeMember }) => {
  const member = await makeMember();
  await requestReset(page, member.email);
  const link = linkIn(await site.mail.emailTo(member.email), site.url);
  const late = await context.newPage();
  await late.goto(link.href);
  await page.goto(link.href);
  await chooseNewPassword(page, randomPassword());
  const screen = new NewPasswordScreen(late);
  const password = randomPassword();
  await screen.newPassword.fill(password);
  await screen.newPasswordConfirm.fill(password);
  await screen.submit.click();
  await expect(screen.causes).toHaveCount(3);
  await expect(screen.form).toHaveCount(0);
});

test('MP-37 an unknown address gets the same page, and no email is sent', { tag: '@nojs' }, async ({ page, expectNoEmailTo }) => {
  const sent = await requestReset(page, 'nobody-at-all@example.jp');
  await sent.code.fill('0000-0000');
  await sent.submit.click();
  await expectRefused(new ResetSentScreen(page), 'code', '確認コードが正しくありません');
  await expectNoEmailTo('nobody-at-all@example.jp');
});

test('MP-23 an invalid address is refused beside its field and stays typed', async ({ page }) => {
  const screen = await ResetScreen.open(page);
  await screen.email.fill('hanako.example.jp');
  await screen.submit.click();
  await expectRefused(screen, 'email', 'ユーザID(メールアドレス) は有効なメールアドレスではありません');
  await expect(screen.email).toHaveValue('hanako.example.jp');
});

test('ASVS 6.4.3 the second factor is asked for after a reset', { tag: '@phone' }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  await setUpApp(page);
  const other = await anotherBrowser();
  await requestReset(other, member.email);
  await other.goto(linkIn(await site.mail.emailTo(member.email), site.url).href);
  const next = randomPassword();
  await chooseNewPassword(other, next);
  await passFirstFactor(other, { ...member, password: next });
});

test('MP-33 in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await requestReset(page, member.email);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toContain('set a new password');
  await page.goto(linkIn(email, site.url).href);
  const next = randomPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
});

test('MP-96 C-01 a temporary password from the helpdesk leads to a new one', { tag: '@nojs' }, async ({ page, site, makeMember }) => {
  const member = await makeMember();
  const said = site.operator('member', 'send-temporary-password', member.email);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toContain('仮パスワード');
  const temporary = groupedCodeIn(email);
  expect(said).not.toContain(temporary);
  await submitSignIn(page, { ...member, password: temporary });
  const next = randomPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
  expect(() => site.operator('member', 'send-temporary-password', 'nobody@example.jp')).toThrow();
});

test('the owner locks the account from 認証ポリシー管理; the email opens it again', { tag: '@journey' }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const other = await anotherBrowser();
  await signIn(other, member, { remember: true });
  await resumeSession(member);
  const security = await SecurityScreen.open(page);
  await security.lock.click();
  await expectDone(page, PAGES.alert, 'locked');
  await other.goto(PAGES.account);
  await expectPath(other, PAGES.signIn);
  await submitSignIn(other, member);
  await expect(new SignInScreen(other).errorSummary).toContainText('保護されています');
  await page.goto(linkIn(await site.mail.emailTo(member.email), site.url).href);
  const next = randomPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
});

test('any security email can lock the account, without sign-in', { tag: ['@desktop', '@nojs'] }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await page.goto(PAGES.home);
  await expectSignedIn(page);
  await signIn(await anotherBrowser(), member);
  const reader = await anotherBrowser('en');
  const alert = linkIn(await site.mail.emailTo(member.email), site.url);
  await (await AlertScreen.open(reader, alert)).lock.click();
  await expectDone(reader, PAGES.alert, 'locked');
  await expectInvalidLink(reader, alert);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.signIn);
});
