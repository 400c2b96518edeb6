import { test, expect } from '../fixtures';
import { aPassword } from '../fixtures/member';
import { expectDeadLink, sayNotMine, setNewPassword } from '../deeds/alerts';
import { linkIn } from '../deeds/letters';
import { expectSignedIn, signIn, trySignIn } from '../deeds/sign_in';
import { AlertScreen } from '../screens/alerts';
import { NewPasswordScreen } from '../screens/password_reset';
import { expectDone, expectPath, expectRefused } from '../screens/shell';

test('MP-88 a sign-in with a new browser is told, and one with a known browser is not', async ({ page, site, makeMember, enterAs, noLetterTo }) => {
  const member = await makeMember();
  const letters = site.mail.arrivedAt(member.email).length;
  await signIn(page, member);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toContain('新しいブラウザ');
  expect(letter.text).toMatch(/日時：\d{4}年/);
  expect(linkIn(letter, site.url).pathname).toBe('/alert');

  await enterAs(member);
  await page.goto('/');
  await expectSignedIn(page);
  await noLetterTo(member.email, letters + 1);
});

test('MP-88 "it was me" is noted without signing in, and changes nothing', async ({ page, site, makeMember, anotherBrowser, noLetterTo }) => {
  const member = await makeMember();
  await signIn(page, member);
  const link = linkIn(await site.mail.letterTo(member.email), site.url);
  const letters = site.mail.arrivedAt(member.email).length;

  const reader = await anotherBrowser();
  const screen = await AlertScreen.open(reader, link);
  await expect(screen.facts).toContainText(/Chrome|Chromium/);
  await expect(screen.notMine).toBeVisible();
  await screen.mine.click();
  await expectDone(reader, '/alert', 'mine');
  await expectDeadLink(reader, link);

  await page.goto('/account');
  await expectPath(page, '/account');
  await noLetterTo(member.email, letters);
});

test('MP-40 MP-87 "it was not me" signs everybody out; a new password by letter opens the account again', async ({ page, site, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const thief = await anotherBrowser();
  await signIn(thief, member, { remember: true });
  const alert = linkIn(await site.mail.letterTo(member.email), site.url);

  await sayNotMine(page, alert);
  await expect(new AlertScreen(page).main).toContainText('2段階認証');
  await thief.goto('/account');
  await expectPath(thief, '/sign-in');
  const refused = await trySignIn(thief, member);
  await expect(refused.errorSummary).toContainText('新しいパスワード');
  await expectDeadLink(page, alert);

  const reset = linkIn(await site.mail.letterTo(member.email), site.url);
  expect(reset.pathname).toBe('/password/reset/new');
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

  const next = aPassword();
  await setNewPassword(page, reset, next);
  await expectDeadLink(page, reset);
  await signIn(page, { ...member, password: next });
  const old = await trySignIn(thief, member);
  await expect(old.errorSummary).toBeVisible();
});

test('MP-88 the owner may be signed in while answering; "it was not me" ends that session too', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  await signIn(await anotherBrowser(), member);
  await sayNotMine(page, linkIn(await site.mail.letterTo(member.email), site.url));
  await page.goto('/account');
  await expectPath(page, '/sign-in');
});

test('MP-36 links that were cut or made up lead to one page with three causes', async ({ page }) => {
  await page.goto('/sign-in');
  for (const address of ['/alert', '/alert?t=none', '/password/reset/new', '/password/reset/new?t=none']) {
    await expectDeadLink(page, address);
  }
});

test('MP-33 the letter and its page are in English for who reads English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await signIn(page, member);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toContain('new browser');
  const reader = await anotherBrowser('en');
  await sayNotMine(reader, linkIn(letter, site.url));
  await expect(reader.locator('main')).toContainText('old password no longer works');
});
