import { test, expect } from '../fixtures';
import { aPassword } from '../fixtures/member';
import { expectDeadLink } from '../deeds/alerts';
import { fullWidth, linkIn, writtenCodeIn } from '../deeds/letters';
import { askForReset, chooseNewPassword } from '../deeds/password_reset';
import { firstStep, setUpApp, turnOn } from '../deeds/second_step';
import { expectSignedIn, signIn, trySignIn } from '../deeds/sign_in';
import { AlertScreen } from '../screens/alerts';
import { NewPasswordScreen, ResetScreen, ResetSentScreen } from '../screens/password_reset';
import { SecurityScreen } from '../screens/security';
import { expectDone, expectPath, expectRefused } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('MP-24 MP-35 MP-36 who forgot the password comes back by the link of a letter, opened five times before', async ({ page, site, makeMember, anotherBrowser, request }) => {
  const member = await makeMember();
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'パスワードをお忘れの方はこちら' }).click();
  await expectPath(page, '/password/reset');
  await askForReset(page, member.email);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toContain('新しいパスワード');
  const link = linkIn(letter, site.url);
  // A mail scanner.
  for (let n = 0; n < 5; n += 1) {
    expect((await request.get(link.href)).status()).toBe(200);
    await request.head(link.href);
  }
  const phone = await anotherBrowser();
  await phone.goto(link.href);
  const next = aPassword();
  await chooseNewPassword(phone, next);
  await expectDeadLink(phone, link);
  const old = await trySignIn(page, member);
  await expect(old.errorSummary).toBeVisible();
  await signIn(page, { ...member, password: next });
});

test('MP-35 the code of the letter leads on in the browser that asked, however it is typed', async ({ page, site, makeMember }) => {
  const member = await makeMember();
  const sent = await askForReset(page, member.email);
  await sent.code.fill('0000-0000');
  await sent.submit.click();
  await expectRefused(new ResetSentScreen(page), 'code', '確認コードが正しくありません');
  const code = writtenCodeIn(await site.mail.letterTo(member.email));
  await sent.code.fill(fullWidth(code.toUpperCase()));
  await sent.submit.click();
  const next = aPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
  // Going back does not bring the old form to life (MP-32).
  await page.goto('/password/reset/sent');
  await expect(new ResetSentScreen(page).code).toHaveCount(0);
});

test('MP-36 a newer letter voids the one before; sent again, the letter has a new link', async ({ page, site, makeMember }) => {
  const member = await makeMember();
  const sent = await askForReset(page, member.email);
  const first = linkIn(await site.mail.letterTo(member.email), site.url);
  await sent.again.click();
  await expectDone(page, '/password/reset/sent', 'sent-again');
  const second = linkIn(await site.mail.letterTo(member.email), site.url);
  expect(second.href).not.toBe(first.href);
  await expectDeadLink(page, first);
  await page.goto(second.href);
  await chooseNewPassword(page, aPassword());
});

test('MP-36 the form of a link left open in another tab says that the link is used', async ({ page, context, site, makeMember }) => {
  const member = await makeMember();
  await askForReset(page, member.email);
  const link = linkIn(await site.mail.letterTo(member.email), site.url);
  const late = await context.newPage();
  await late.goto(link.href);
  await page.goto(link.href);
  await chooseNewPassword(page, aPassword());
  const screen = new NewPasswordScreen(late);
  const password = aPassword();
  await screen.newPassword.fill(password);
  await screen.newPasswordConfirm.fill(password);
  await screen.submit.click();
  await expect(screen.causes).toHaveCount(3);
  await expect(screen.form).toHaveCount(0);
});

test('MP-37 an address that nobody has sees the same page, and no letter leaves', async ({ page, noLetterTo }) => {
  const sent = await askForReset(page, 'nobody-at-all@example.jp');
  await sent.code.fill('0000-0000');
  await sent.submit.click();
  await expectRefused(new ResetSentScreen(page), 'code', '確認コードが正しくありません');
  await noLetterTo('nobody-at-all@example.jp');
});

test('MP-23 what is no address is refused beside its field and kept', async ({ page }) => {
  const screen = await ResetScreen.open(page);
  await screen.email.fill('hanako.example.jp');
  await screen.submit.click();
  await expectRefused(screen, 'email', 'ユーザID(メールアドレス) は有効なメールアドレスではありません');
  await expect(screen.email).toHaveValue('hanako.example.jp');
});

test('ASVS 6.4.3 the second factor is asked for after a reset', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  await turnOn(page);
  await setUpApp(page);
  const other = await anotherBrowser();
  await askForReset(other, member.email);
  await other.goto(linkIn(await site.mail.letterTo(member.email), site.url).href);
  const next = aPassword();
  await chooseNewPassword(other, next);
  await firstStep(other, { ...member, password: next });
});

test('MP-33 in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await askForReset(page, member.email);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toContain('set a new password');
  await page.goto(linkIn(letter, site.url).href);
  const next = aPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
});

test('MP-96 C-01 a temporary password from the helpdesk leads to a new one', async ({ page, site, makeMember }) => {
  const member = await makeMember();
  const said = site.operator('member', 'send-temporary-password', member.email);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toContain('仮パスワード');
  const temporary = writtenCodeIn(letter);
  expect(said).not.toContain(temporary);
  await trySignIn(page, { ...member, password: temporary });
  const next = aPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
  expect(() => site.operator('member', 'send-temporary-password', 'nobody@example.jp')).toThrow();
});

test('the owner locks the account from 認証ポリシー管理; the letter opens it again', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const other = await anotherBrowser();
  await signIn(other, member, { remember: true });
  await enterAs(member);
  const security = await SecurityScreen.open(page);
  await security.lock.click();
  await expectDone(page, '/alert', 'locked');
  await other.goto('/account');
  await expectPath(other, '/sign-in');
  await trySignIn(other, member);
  await expect(new SignInScreen(other).errorSummary).toContainText('保護されています');
  await page.goto(linkIn(await site.mail.letterTo(member.email), site.url).href);
  const next = aPassword();
  await chooseNewPassword(page, next);
  await signIn(page, { ...member, password: next });
});

test('any security letter can lock the account, without sign-in', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  await page.goto('/');
  await expectSignedIn(page);
  await signIn(await anotherBrowser(), member);
  const reader = await anotherBrowser('en');
  const alert = linkIn(await site.mail.letterTo(member.email), site.url);
  await (await AlertScreen.open(reader, alert)).lock.click();
  await expectDone(reader, '/alert', 'locked');
  await expectDeadLink(reader, alert);
  await page.goto('/account');
  await expectPath(page, '/sign-in');
});
