// 新規登録 with the account of another provider (MP-18, MP-19, MP-65), and attacks by it.
import type { Page } from '@playwright/test';
import { test, expect, randomPerson } from '../fixtures/providers';
import { randomPassword } from '../fixtures/member';
import { linkIn } from '../flows/emails';
import { consent, randomLogin, signInWith, expectProviderError, expectLinked, expectNotLinked, expectPendingLink, goToProvider, link, authenticateWith } from '../flows/linked';
import { complete, fillRegistration, register } from '../flows/registration';
import { expectSignedIn, expectSignedOut, signIn, signOut, submitSignIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { doNotLink, NAMES, IDS, providerButton, providerButtons, registersWith, type ProviderId } from '../screens/linked';
import { CompleteScreen, RegistrationScreen, SentScreen } from '../screens/registration';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

/** From 新規登録 to a provider and back to the form with its claims. */
async function registerWith(page: Page, id: ProviderId, login: string, options: { verified?: boolean } = {}) {
  const screen = await RegistrationScreen.open(page);
  await authenticateWith(page, id, login, options);
  await expectPath(page, PAGES.register);
  await expect(screen.main).toContainText(registersWith(id));
  return screen;
}

async function send(page: Page, screen: RegistrationScreen) {
  await screen.submit.click();
  await expectPath(page, PAGES.registerSent);
  await expect(new SentScreen(page).code).toBeVisible();
}

test('MP-18 the list of providers is on 新規登録', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await expect(screen.main.getByRole('heading', { name: 'SNSアカウントで登録' })).toBeVisible();
  for (const id of IDS) await expect(screen.main.getByRole('button', { name: `${NAMES[id]}アカウントで登録` })).toBeVisible();
});

test('MP-18 MP-19 the notice, name and address filled in, changed, verified by email, and linked', { tag: '@journey' }, async ({ page, site, providers, anotherBrowser }) => {
  const login = randomLogin();
  const person = randomPerson();
  providers.persons.know({ login, family_name: '高橋', given_name: 'たろう', email: login, email_verified: true });
  const screen = await registerWith(page, 'google', login);
  await expect(screen.familyName).toHaveValue('高橋');
  await expect(screen.givenName).toHaveValue('たろう');
  await expect(screen.email).toHaveValue(login);
  await expect(providerButtons(page), 'MP-19: it cannot be changed').toHaveCount(0);
  await expect(doNotLink(page), 'MP-19: nor taken back').toHaveCount(0);

  await fillRegistration(screen, { ...person, password: 'short' });
  await screen.submit.click();
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.main, 'a refused form loses nothing').toContainText(registersWith('google'));
  await screen.password.fill(person.password);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.emailTo(person.email), site.url));
  await expectDone(page, PAGES.home, 'registered');
  const account = await AccountScreen.open(page);
  await expect(account.facts).toContainText(person.familyName);
  await expect(account.facts).toContainText(person.email);
  await expectLinked(page, 'google');

  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  await signOut(elsewhere);
  await signIn(elsewhere, person);
});

test('MP-19 the choice belongs to the sent form: completed in another browser it is linked, too', { tag: '@nojs' }, async ({ page, site, anotherBrowser }) => {
  const login = randomLogin();
  const person = randomPerson({ email: login });
  const screen = await registerWith(page, 'yahoo', login);
  await fillRegistration(screen, person);
  await send(page, screen);
  const elsewhere = await anotherBrowser();
  await complete(elsewhere, linkIn(await site.mail.emailTo(person.email), site.url), person.password);
  await expectDone(elsewhere, PAGES.home, 'registered');
  await expectLinked(elsewhere, 'yahoo');
  await signInWith(page, 'yahoo', login);
  await expectSignedIn(page);
});

test('MP-65 from the notice on ログイン to 新規登録: linked when that is completed', async ({ page, site, anotherBrowser }) => {
  const login = randomLogin();
  const person = randomPerson({ email: login });
  await signInWith(page, 'google', login);
  await (await expectPendingLink(page, 'google')).registerLink.click();
  await expectPath(page, PAGES.register);
  const screen = new RegistrationScreen(page);
  await expect(screen.main).toContainText(registersWith('google'));
  await expect(screen.email).toHaveValue(login);
  await fillRegistration(screen, person);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.emailTo(person.email), site.url));
  await expectDone(page, PAGES.home, 'registered');
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-18 in English', async ({ site, anotherBrowser }) => {
  const page = await anotherBrowser('en');
  const login = randomLogin();
  const person = randomPerson({ email: login, familyName: 'Okafor', givenName: 'Ada' });
  const screen = await RegistrationScreen.open(page);
  await expect(screen.main.getByRole('heading', { name: 'Register with an SNS account' })).toBeVisible();
  await expect(screen.main.getByRole('button', { name: 'Register with Google' })).toBeVisible();
  await authenticateWith(page, 'google', login);
  await expectPath(page, PAGES.register);
  await expect(screen.main).toContainText(registersWith('google', 'en'));
  await fillRegistration(screen, person);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.emailTo(person.email), site.url));
  await expectDone(page, PAGES.home, 'registered');
  await expectLinked(page, 'google');
});

test('MP-18 an account without an address asks for one', { tag: '@nojs' }, async ({ page, site }) => {
  const login = randomLogin().replace('@example.jp', '');
  const person = randomPerson();
  const screen = await registerWith(page, 'facebook', login);
  await expect(screen.email).toHaveValue('');
  await expect(screen.familyName).toHaveValue('見本');
  await fillRegistration(screen, person);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.emailTo(person.email), site.url));
  await expectDone(page, PAGES.home, 'registered');
  await expectLinked(page, 'facebook');
});

test('MP-18 the claims of a provider are shown as text', async ({ page, providers }) => {
  const login = randomLogin();
  const name = `<img src=x onerror=alert(1)>"'𠮷\u202e`;
  providers.persons.know({ login, family_name: name, given_name: 'あ'.repeat(5_000), email: `"<b>"@example.jp`, email_verified: true });
  const screen = await registerWith(page, 'google', login);
  await expect(screen.main.locator('img[src="x"]')).toHaveCount(0);
  await screen.submit.click();
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.main).toContainText(registersWith('google'));
});

test('MP-18 an account that is linked already is signed in', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  await RegistrationScreen.open(elsewhere);
  await authenticateWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-10 MP-18 the address of a member is not taken over: the same page, no email, and no link', { tag: '@nojs' }, async ({ page, site, makeMember, resumeSession, anotherBrowser, expectNoEmailTo }) => {
  const member = await makeMember();
  const emails = site.mail.received(member.email).length;
  const attacker = await anotherBrowser();
  const screen = await registerWith(attacker, 'google', member.email);
  await fillRegistration(screen, randomPerson({ email: member.email }));
  await send(attacker, screen);
  await expectSignedOut(attacker);
  await signInWith(attacker, 'google', member.email);
  await expectPendingLink(attacker, 'google');
  await expectSignedOut(attacker);
  await resumeSession(member);
  await expectNotLinked(page, 'google');
  await expectNoEmailTo(member.email, emails);
});

test.describe('pre-hijacking: the victim is sole owner in the end', () => {
  for (const verified of [true, false]) {
    test(`classic-federated merge: an account at a provider with the address of a member (${verified ? 'verified' : 'not verified'}) never signs in`, { tag: '@nojs' }, async ({ page, makeMember, anotherBrowser }) => {
      const victim = await makeMember();
      const attacker = await anotherBrowser();
      await signInWith(attacker, 'google', victim.email, { verified });
      const screen = await expectPendingLink(attacker, 'google');
      await expectSignedOut(attacker);
      await attacker.goto(PAGES.signIn);
      await screen.email.fill(victim.email);
      await screen.password.fill('not-the-password-1');
      await screen.submit.click();
      await expect(screen.errorSummary).toBeVisible();
      await signIn(page, victim);
      await expectNotLinked(page, 'google');
      await signInWith(attacker, 'google', victim.email, { verified });
      await expectPendingLink(attacker, 'google');
    });
  }

  test('classic-federated merge, the other way: a form sent earlier with the victim’s address gives its sender nothing', { tag: '@nojs' }, async ({ page, site, anotherBrowser }) => {
    const address = randomLogin();
    const attacker = await anotherBrowser();
    const early = randomPerson({ email: address });
    await register(attacker, early);
    await site.mail.emailTo(address);

    const victim = randomPerson({ email: address });
    const screen = await registerWith(page, 'google', address);
    await fillRegistration(screen, victim);
    await send(page, screen);
    await complete(page, linkIn(await site.mail.emailTo(address), site.url));
    await expectDone(page, PAGES.home, 'registered');
    await expectLinked(page, 'google');
    await submitSignIn(attacker, early);
    await expect(new SignInScreen(attacker).errorSummary).toBeVisible();
    await expectSignedOut(attacker);
    await attacker.goto(PAGES.registerSent);
    await expectSignedOut(attacker);
  });

  test('trojan identifier: a provider’s account chosen in a form with the victim’s address is not linked to the victim', async ({ page, site, anotherBrowser }) => {
    const address = randomLogin();
    const trojan = randomLogin();
    const attacker = await anotherBrowser();
    const screen = await registerWith(attacker, 'google', trojan);
    await fillRegistration(screen, randomPerson({ email: address }));
    await send(attacker, screen);
    // The email reaches the victim, whose browser is asked for the password that the attacker chose.
    await page.goto(linkIn(await site.mail.emailTo(address), site.url).href);
    await expect(new CompleteScreen(page).password).toBeVisible();

    const victim = randomPerson({ email: address });
    await register(page, victim);
    await complete(page, linkIn(await site.mail.emailTo(address), site.url));
    await expectDone(page, PAGES.home, 'registered');
    await expectNotLinked(page, 'google');
    await signInWith(attacker, 'google', trojan);
    await expect(attacker).toHaveURL(/\/sign-in/);
    await expectSignedOut(attacker);
  });

  test('non-verifying provider: whatever it says, the address is verified by email', { tag: '@nojs' }, async ({ page, site, anotherBrowser }) => {
    const address = randomLogin();
    const attacker = await anotherBrowser();
    const screen = await registerWith(attacker, 'google', address, { verified: false });
    await fillRegistration(screen, randomPerson({ email: address }));
    await send(attacker, screen);
    await expectSignedOut(attacker);
    await site.mail.emailTo(address);

    const victim = randomPerson({ email: address, password: randomPassword() });
    await register(page, victim);
    await complete(page, linkIn(await site.mail.emailTo(address), site.url));
    await expectDone(page, PAGES.home, 'registered');
    await expectNotLinked(page, 'google');
    await signInWith(attacker, 'google', address, { verified: false });
    await expect(attacker).toHaveURL(/\/sign-in/);
    await expectSignedOut(attacker);
  });
});

test('MP-19 the provider that was chosen is not changed by another choice, wherever that began', async ({ page, context, site }) => {
  const person = randomPerson();
  // Two tabs from before: one still has the buttons, the other is at a provider already.
  const [late, away] = [await context.newPage(), await context.newPage()];
  const screen = await RegistrationScreen.open(late);
  await RegistrationScreen.open(away);
  const atYahoo = await goToProvider(away, 'yahoo');
  await registerWith(page, 'google', randomLogin());
  await consent(atYahoo, randomLogin());
  await expectProviderError(away, PAGES.register, 'chosen', 'yahoo');
  await providerButton(late, 'facebook').click();
  await expectProviderError(late, PAGES.register, 'chosen', 'facebook');
  await expect(screen.main).toContainText(registersWith('google'));
  await expect(providerButtons(late)).toHaveCount(0);

  await fillRegistration(screen, person);
  await send(late, screen);
  await complete(late, linkIn(await site.mail.emailTo(person.email), site.url));
  await expectDone(late, PAGES.home, 'registered');
  await expectLinked(late, 'google');
  for (const id of ['yahoo', 'facebook'] as const) await expectNotLinked(late, id);
});
