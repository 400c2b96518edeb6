// ログイン with the account of another provider, linked or not (MP-65, MP-66, C-52).
import { test, expect } from '../fixtures/providers';
import { EMAIL_TIMEOUT_MS } from '../fixtures/mail';
import { randomLogin, signInWith, expectProviderError, expectLinked, expectNotLinked, expectPendingLink, goToProvider, link, authenticateWith, submitPassword } from '../flows/linked';
import { passFirstFactor, setUpApp, enableSecondFactor } from '../flows/second_factor';
import { expectSignedIn, expectSignedOut, signIn, signOut } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { doNotLink, providerButton, USED_ELSEWHERE, willBeLinked } from '../screens/linked';
import { ChallengeScreen } from '../screens/second_factor';
import { SecurityScreen } from '../screens/security';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('MP-42 C-52 2段階認証 is asked for after the provider, too', { tag: '@journey' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  await enableSecondFactor(page);
  const app = await setUpApp(page);
  await link(page, 'google', login);

  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectPath(elsewhere, PAGES.signInSecondFactor);
  await expectSignedOut(elsewhere);
  await elsewhere.goto(PAGES.signInSecondFactor);
  const step = new ChallengeScreen(elsewhere);
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(elsewhere);
});

test('a sign-in with a provider leads to the page asked for', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  await elsewhere.goto(PAGES.profile);
  await expectPath(elsewhere, PAGES.signIn);
  await authenticateWith(elsewhere, 'google', login);
  await expectPath(elsewhere, PAGES.profile);
});

test('MP-65 an account that is not linked: the notice, then the password, and from then on it signs in', { tag: '@journey' }, async ({ page, site, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await signInWith(page, 'google', login);
  const screen = await expectPendingLink(page, 'google');
  await expect(screen.main, 'the account is masked').not.toContainText(login);
  await submitPassword(screen, { ...member, password: 'not-the-password-1' });
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.main, 'a mistyped password loses nothing').toContainText(willBeLinked('google'));
  await submitPassword(screen, member);
  await expectSignedIn(page);
  const emails = () => site.mail.received(member.email).map(({ subject }) => subject);
  await expect.poll(emails, { timeout: EMAIL_TIMEOUT_MS }).toContainEqual(expect.stringContaining('連携'));
  await expectLinked(page, 'google');

  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-65 the password and the second step; not before both', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  await enableSecondFactor(page);
  const app = await setUpApp(page);

  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await submitPassword(await expectPendingLink(elsewhere, 'google'), member);
  await expectPath(elsewhere, PAGES.signInSecondFactor);
  await expectNotLinked(page, 'google');
  const step = new ChallengeScreen(elsewhere);
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(elsewhere);
  await expectLinked(elsewhere, 'google');
});

test('MP-65 「連携しない」: the notice goes, and the password links nothing', { tag: ['@desktop', '@nojs'] }, async ({ page, makeMember }) => {
  const member = await makeMember();
  await signInWith(page, 'google', randomLogin());
  const screen = await expectPendingLink(page, 'google');
  await doNotLink(page).click();
  await expect(doNotLink(page)).toHaveCount(0);
  await expectPath(page, PAGES.signIn);
  await expect(screen.main).not.toContainText(willBeLinked('google'));
  await expect(providerButton(page, 'google')).toBeVisible();
  await signIn(page, member);
  await expectNotLinked(page, 'google');
});

test('MP-65 a pending link belongs to its browser: a sign-in elsewhere links nothing', async ({ page, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  await signInWith(page, 'google', randomLogin());
  await expectPendingLink(page, 'google');
  const elsewhere = await anotherBrowser();
  const screen = await SignInScreen.open(elsewhere);
  await expect(screen.main).not.toContainText(willBeLinked('google'));
  await submitPassword(screen, member);
  await expectSignedIn(elsewhere);
  await expectNotLinked(elsewhere, 'google');
});

test('MP-65 a pending link cannot stand beside a link of the same provider: the sign-in succeeds, the old link stays', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', randomLogin());
  await submitPassword(await expectPendingLink(elsewhere, 'google'), member);
  await expectProviderError(elsewhere, PAGES.linked, 'other_linked', 'google');
  await elsewhere.goto(PAGES.home);
  await expectSignedIn(elsewhere);
  await signOut(elsewhere);
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-64 MP-65 linked to another ID while it was pending: the sign-in succeeds and says so', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const first = await makeMember();
  const second = await makeMember();
  const login = randomLogin();
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  const waiting = await expectPendingLink(elsewhere, 'google');
  await resumeSession(first);
  await link(page, 'google', login);
  await submitPassword(waiting, second);
  await expectProviderError(elsewhere, PAGES.linked, 'used_elsewhere', 'google');
  await expect(waiting.main).toContainText(USED_ELSEWHERE);
  await elsewhere.goto(PAGES.home);
  await expectSignedIn(elsewhere);
  await expectNotLinked(elsewhere, 'google');
  await expectLinked(page, 'google');
});

test('MP-66 changes at the provider are not copied', async ({ page, providers, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  providers.persons.know({ login, family_name: '旧姓', given_name: '花子', email: login, email_verified: true });
  await resumeSession(member);
  await link(page, 'google', login);
  providers.persons.know({ login, family_name: '新姓', given_name: '華子', email: randomLogin(), email_verified: true });
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  const { facts } = await AccountScreen.open(elsewhere);
  await expect(facts).toContainText(member.familyName);
  await expect(facts).toContainText(member.email);
  await expect(facts).not.toContainText(/旧姓|新姓|花子|華子/);
});

test('the three people of the demonstration can be chosen without typing', { tag: '@nojs' }, async ({ page }) => {
  for (const login of ['jiro@example.jp', 'sora']) {
    await SignInScreen.open(page);
    const provider = await goToProvider(page, 'yahoo');
    await provider.who(login).check();
    await provider.yes.click();
    await expectPendingLink(page, 'yahoo');
    await doNotLink(page).click();
    await expect(doNotLink(page)).toHaveCount(0);
  }
});

test('a locked account cannot sign in with a provider', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  await link(page, 'google', login);
  await (await SecurityScreen.open(page)).lock.click();
  await expectDone(page, PAGES.alert, 'locked');
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectProviderError(elsewhere, PAGES.signIn, 'locked', 'google');
  await expectSignedOut(elsewhere);
});

test('MP-57 a browser trusted for the second step is trusted after the provider, too', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  await enableSecondFactor(page);
  const app = await setUpApp(page);
  await link(page, 'google', login);
  const home = await anotherBrowser();
  const step = await passFirstFactor(home, member);
  await step.trust.check();
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(home);
  await signOut(home);
  await signInWith(home, 'google', login);
  await expectSignedIn(home);
});
