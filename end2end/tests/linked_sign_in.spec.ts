// ログイン with the account of another provider, linked or not (MP-65, MP-66, C-52).
import { test, expect } from '../fixtures/providers';
import { PATIENCE_MS } from '../fixtures/mail';
import { aLogin, enterWith, expectLedToNothing, expectLinked, expectNotLinked, expectWaiting, goTo, link, throughProvider, typePassword } from '../deeds/linked';
import { firstStep, setUpApp, turnOn } from '../deeds/second_step';
import { expectSignedIn, expectSignedOut, signIn, signOut } from '../deeds/sign_in';
import { AccountScreen } from '../screens/account';
import { doNotLink, providerButton, USED_ELSEWHERE, willBeLinked } from '../screens/linked';
import { SecondStepScreen } from '../screens/second_step';
import { SecurityScreen } from '../screens/security';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('MP-42 C-52 who has 2段階認証 on is asked for it after the provider, too', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  await turnOn(page);
  const app = await setUpApp(page);
  await link(page, 'google', login);

  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectPath(elsewhere, '/sign-in/second-step');
  await expectSignedOut(elsewhere);
  await elsewhere.goto('/sign-in/second-step');
  const step = new SecondStepScreen(elsewhere);
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(elsewhere);
});

test('after coming in with a provider one is where one wanted to go', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  await elsewhere.goto('/account/profile');
  await expectPath(elsewhere, '/sign-in');
  await throughProvider(elsewhere, 'google', login);
  await expectPath(elsewhere, '/account/profile');
});

test('MP-65 an account that nobody is linked to: the notice, then the password, and from then on it comes in', async ({ page, site, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterWith(page, 'google', login);
  const screen = await expectWaiting(page, 'google');
  await expect(screen.main, 'the account is masked').not.toContainText(login);
  await typePassword(screen, { ...member, password: 'not-the-password-1' });
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.main, 'a mistyped password loses nothing').toContainText(willBeLinked('google'));
  await typePassword(screen, member);
  await expectSignedIn(page);
  const letters = () => site.mail.arrivedAt(member.email).map(({ subject }) => subject);
  await expect.poll(letters, { timeout: PATIENCE_MS }).toContainEqual(expect.stringContaining('連携'));
  await expectLinked(page, 'google');

  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-65 the password and the second step; not before both', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  await turnOn(page);
  const app = await setUpApp(page);

  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await typePassword(await expectWaiting(elsewhere, 'google'), member);
  await expectPath(elsewhere, '/sign-in/second-step');
  await expectNotLinked(page, 'google');
  const step = new SecondStepScreen(elsewhere);
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(elsewhere);
  await expectLinked(elsewhere, 'google');
});

test('MP-65 「連携しない」: the notice goes, and the password links nothing', async ({ page, makeMember }) => {
  const member = await makeMember();
  await enterWith(page, 'google', aLogin());
  const screen = await expectWaiting(page, 'google');
  await doNotLink(page).click();
  await expect(doNotLink(page)).toHaveCount(0);
  await expectPath(page, '/sign-in');
  await expect(screen.main).not.toContainText(willBeLinked('google'));
  await expect(providerButton(page, 'google')).toBeVisible();
  await signIn(page, member);
  await expectNotLinked(page, 'google');
});

test('MP-65 what waits belongs to its browser: a sign-in elsewhere links nothing', async ({ page, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  await enterWith(page, 'google', aLogin());
  await expectWaiting(page, 'google');
  const elsewhere = await anotherBrowser();
  const screen = await SignInScreen.open(elsewhere);
  await expect(screen.main).not.toContainText(willBeLinked('google'));
  await typePassword(screen, member);
  await expectSignedIn(elsewhere);
  await expectNotLinked(elsewhere, 'google');
});

test('MP-65 what waits cannot stand beside a link of the same provider: the sign-in succeeds, the old link stays', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', aLogin());
  await typePassword(await expectWaiting(elsewhere, 'google'), member);
  await expectLedToNothing(elsewhere, '/account/linked', 'other_linked', 'google');
  await elsewhere.goto('/');
  await expectSignedIn(elsewhere);
  await signOut(elsewhere);
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-64 MP-65 in use by another ID since it waited: the sign-in succeeds and says so', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const first = await makeMember();
  const second = await makeMember();
  const login = aLogin();
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  const waiting = await expectWaiting(elsewhere, 'google');
  await enterAs(first);
  await link(page, 'google', login);
  await typePassword(waiting, second);
  await expectLedToNothing(elsewhere, '/account/linked', 'used_elsewhere', 'google');
  await expect(waiting.main).toContainText(USED_ELSEWHERE);
  await elsewhere.goto('/');
  await expectSignedIn(elsewhere);
  await expectNotLinked(elsewhere, 'google');
  await expectLinked(page, 'google');
});

test('MP-66 what changes at the provider is not copied', async ({ page, providers, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  providers.persons.know({ login, family_name: '旧姓', given_name: '花子', email: login, email_verified: true });
  await enterAs(member);
  await link(page, 'google', login);
  providers.persons.know({ login, family_name: '新姓', given_name: '華子', email: aLogin(), email_verified: true });
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  const { facts } = await AccountScreen.open(elsewhere);
  await expect(facts).toContainText(member.familyName);
  await expect(facts).toContainText(member.email);
  await expect(facts).not.toContainText(/旧姓|新姓|花子|華子/);
});

test('the three people of the demonstration can be chosen without typing', async ({ page }) => {
  for (const login of ['jiro@example.jp', 'sora']) {
    await SignInScreen.open(page);
    const provider = await goTo(page, 'yahoo');
    await provider.who(login).check();
    await provider.yes.click();
    await expectWaiting(page, 'yahoo');
    await doNotLink(page).click();
    await expect(doNotLink(page)).toHaveCount(0);
  }
});

test('a locked account cannot come in by a provider', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  await link(page, 'google', login);
  await (await SecurityScreen.open(page)).lock.click();
  await expectDone(page, '/alert', 'locked');
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectLedToNothing(elsewhere, '/sign-in', 'locked', 'google');
  await expectSignedOut(elsewhere);
});

test('MP-57 a browser trusted for the second step is trusted after the provider, too', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  await turnOn(page);
  const app = await setUpApp(page);
  await link(page, 'google', login);
  const home = await anotherBrowser();
  const step = await firstStep(home, member);
  await step.trust.check();
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(home);
  await signOut(home);
  await enterWith(home, 'google', login);
  await expectSignedIn(home);
});
