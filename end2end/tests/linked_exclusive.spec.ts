// One way to sign in at a time (C-53): the page is 「ログイン方法の設定」 (MD-07, MD-27, MD-28).
import { test, expect } from '../fixtures/providers';
import { aPassword } from '../fixtures/member';
import { aLogin, enterWith, expectLedToNothing, proveWith, throughProvider } from '../deeds/linked';
import { expectSignedIn, expectSignedOut, signIn, trySignIn } from '../deeds/sign_in';
import { ProfileScreen } from '../screens/profile';
import { LinkedScreen, providerButton, USED } from '../screens/linked';
import { expectPath } from '../screens/shell';
import { NOT_ACCEPTED } from '../screens/sign_in';

test.use({
  besides: {
    TEGATA_POLICY__LINKED_ACCOUNTS__LOGIN_METHOD_EXCLUSIVE: 'true',
    TEGATA_POLICY__LINKED_ACCOUNTS__LINKS: 'one',
  },
});

test('MD-07 MD-27 a provider in place of the password, and the password again', async ({ page, makeMember, enterAs, anotherBrowser, guard }) => {
  // The page's question is refused before 本人確認.
  guard.allow(/status of 403/);
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  const screen = await LinkedScreen.open(page);
  await expect(screen.heading).toHaveText('ログイン方法の設定');
  await throughProvider(page, 'google', login);
  // The new way in is used at once: everybody is signed out.
  await expectPath(page, '/sign-in');
  await expectSignedOut(page);

  const elsewhere = await anotherBrowser();
  const refused = await trySignIn(elsewhere, member);
  await expect(refused.main).toContainText(NOT_ACCEPTED);
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);

  const password = aPassword();
  await enterWith(page, 'google', login);
  await expectSignedIn(page);
  // There is no password to change; the page says where one is set.
  const profile = await ProfileScreen.open(page);
  await expect(profile.field('current_password')).toHaveCount(0);
  await profile.main.getByRole('link', { name: 'ログイン方法の設定' }).click();
  // MD-08: Google may have let them through without a question; what protects the account asks for one.
  await proveWith(page, 'google', login);
  await expectPath(page, '/account/linked');
  await screen.field('new_password').fill(password);
  await screen.field('new_password_confirm').fill(password);
  await screen.main.getByRole('button', { name: '登録' }).click();
  await expectPath(page, '/sign-in');
  const home = await anotherBrowser();
  await signIn(home, { ...member, password });
  const late = await anotherBrowser();
  await enterWith(late, 'google', login);
  await expectLedToNothing(late, '/sign-in', 'not_linked', 'google');
  await expectSignedOut(late);
});

test('MD-28 another account of the provider in force cannot take its place directly', async ({ page, makeMember, enterAs }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  await throughProvider(page, 'facebook', login);
  await expectPath(page, '/sign-in');
  await enterWith(page, 'facebook', login);
  await expectSignedIn(page);
  await page.goto('/account/linked');
  await proveWith(page, 'facebook', login);
  const screen = await LinkedScreen.open(page);
  await expect(screen.row('facebook')).toContainText(USED);
  await expect(providerButton(page, 'facebook')).toHaveCount(0);
  await expect(screen.unlink('facebook')).toHaveCount(0);
});
