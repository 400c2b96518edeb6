// One sign-in method at a time (C-53): the page is 「ログイン方法の設定」 (MD-07, MD-27, MD-28).
import { test, expect, EXCLUSIVE_SITE } from '../fixtures/providers';
import { randomPassword } from '../fixtures/member';
import { randomLogin, signInWith, expectProviderError, reauthenticateWith, authenticateWith } from '../flows/linked';
import { expectSignedIn, expectSignedOut, signIn, submitSignIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { ProfileScreen } from '../screens/profile';
import { LinkedScreen, providerButton, USED } from '../screens/linked';
import { expectPath } from '../screens/shell';
import { NOT_ACCEPTED } from '../screens/sign_in';

test.use({ extraSettings: EXCLUSIVE_SITE });

test('MD-07 MD-27 a provider in place of the password, and the password again', { tag: ['@desktop', '@nojs'] }, async ({ page, makeMember, resumeSession, anotherBrowser, guard }) => {
  // The page's request is refused before 本人確認.
  guard.allow(/status of 403/);
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  const screen = await LinkedScreen.open(page);
  await expect(screen.heading).toHaveText('ログイン方法の設定');
  await authenticateWith(page, 'google', login);
  // The new method applies at once: every session ends.
  await expectPath(page, PAGES.signIn);
  await expectSignedOut(page);

  const elsewhere = await anotherBrowser();
  const refused = await submitSignIn(elsewhere, member);
  await expect(refused.main).toContainText(NOT_ACCEPTED);
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);

  const password = randomPassword();
  await signInWith(page, 'google', login);
  await expectSignedIn(page);
  // There is no password to change; the page links to where one is set.
  const profile = await ProfileScreen.open(page);
  await expect(profile.field('current_password')).toHaveCount(0);
  await profile.main.getByRole('link', { name: 'ログイン方法の設定' }).click();
  // MD-08: the provider may have asked for nothing; security settings require a reauthentication.
  await reauthenticateWith(page, 'google', login);
  await expectPath(page, PAGES.linked);
  await screen.field('new_password').fill(password);
  await screen.field('new_password_confirm').fill(password);
  await screen.main.getByRole('button', { name: '登録' }).click();
  await expectPath(page, PAGES.signIn);
  const home = await anotherBrowser();
  await signIn(home, { ...member, password });
  const late = await anotherBrowser();
  await signInWith(late, 'google', login);
  await expectProviderError(late, PAGES.signIn, 'not_linked', 'google');
  await expectSignedOut(late);
});

test('MD-28 another account of the provider in force cannot take its place directly', { tag: '@nojs' }, async ({ page, makeMember, resumeSession }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  await authenticateWith(page, 'facebook', login);
  await expectPath(page, PAGES.signIn);
  await signInWith(page, 'facebook', login);
  await expectSignedIn(page);
  await page.goto(PAGES.linked);
  await reauthenticateWith(page, 'facebook', login);
  const screen = await LinkedScreen.open(page);
  await expect(screen.row('facebook')).toContainText(USED);
  await expect(providerButton(page, 'facebook')).toHaveCount(0);
  await expect(screen.unlink('facebook')).toHaveCount(0);
});
