// 新規登録 with the account of another provider (MP-18, MP-19, MP-65), and who must not gain by it.
import type { Page } from '@playwright/test';
import { test, expect, aPerson } from '../fixtures/providers';
import { aPassword } from '../fixtures/member';
import { linkIn } from '../deeds/letters';
import { agree, aLogin, enterWith, expectLedToNothing, expectLinked, expectNotLinked, expectWaiting, goTo, link, throughProvider } from '../deeds/linked';
import { complete, fillRegistration, register } from '../deeds/registration';
import { expectSignedIn, expectSignedOut, signIn, signOut, trySignIn } from '../deeds/sign_in';
import { AccountScreen } from '../screens/account';
import { doNotLink, NAMES, IDS, providerButton, providerButtons, registersWith, type ProviderId } from '../screens/linked';
import { CompleteScreen, RegistrationScreen, SentScreen } from '../screens/registration';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

/** From 新規登録 to a provider and back to the form with what it said. */
async function registerWith(page: Page, id: ProviderId, login: string, options: { verified?: boolean } = {}) {
  const screen = await RegistrationScreen.open(page);
  await throughProvider(page, id, login, options);
  await expectPath(page, '/register');
  await expect(screen.main).toContainText(registersWith(id));
  return screen;
}

async function send(page: Page, screen: RegistrationScreen) {
  await screen.submit.click();
  await expectPath(page, '/register/sent');
  await expect(new SentScreen(page).code).toBeVisible();
}

test('MP-18 the list of providers is on 新規登録', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await expect(screen.main.getByRole('heading', { name: 'SNSアカウントで登録' })).toBeVisible();
  for (const id of IDS) await expect(screen.main.getByRole('button', { name: `${NAMES[id]}アカウントで登録` })).toBeVisible();
});

test('MP-18 MP-19 the notice, name and address filled in, changed, proven by letter, and linked', async ({ page, site, providers, anotherBrowser }) => {
  const login = aLogin();
  const person = aPerson();
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
  await complete(page, linkIn(await site.mail.letterTo(person.email), site.url));
  await expectDone(page, '/', 'registered');
  const account = await AccountScreen.open(page);
  await expect(account.facts).toContainText(person.familyName);
  await expect(account.facts).toContainText(person.email);
  await expectLinked(page, 'google');

  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  await signOut(elsewhere);
  await signIn(elsewhere, person);
});

test('MP-19 the choice stays with the form that was sent: completed in another browser it is linked all the same', async ({ page, site, anotherBrowser }) => {
  const login = aLogin();
  const person = aPerson({ email: login });
  const screen = await registerWith(page, 'yahoo', login);
  await fillRegistration(screen, person);
  await send(page, screen);
  const elsewhere = await anotherBrowser();
  await complete(elsewhere, linkIn(await site.mail.letterTo(person.email), site.url), person.password);
  await expectDone(elsewhere, '/', 'registered');
  await expectLinked(elsewhere, 'yahoo');
  await enterWith(page, 'yahoo', login);
  await expectSignedIn(page);
});

test('MP-65 from the notice on ログイン to 新規登録: linked when that is completed', async ({ page, site, anotherBrowser }) => {
  const login = aLogin();
  const person = aPerson({ email: login });
  await enterWith(page, 'google', login);
  await (await expectWaiting(page, 'google')).registerLink.click();
  await expectPath(page, '/register');
  const screen = new RegistrationScreen(page);
  await expect(screen.main).toContainText(registersWith('google'));
  await expect(screen.email).toHaveValue(login);
  await fillRegistration(screen, person);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.letterTo(person.email), site.url));
  await expectDone(page, '/', 'registered');
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-18 in English', async ({ site, anotherBrowser }) => {
  const page = await anotherBrowser('en');
  const login = aLogin();
  const person = aPerson({ email: login, familyName: 'Okafor', givenName: 'Ada' });
  const screen = await RegistrationScreen.open(page);
  await expect(screen.main.getByRole('heading', { name: 'Register with an SNS account' })).toBeVisible();
  await expect(screen.main.getByRole('button', { name: 'Register with Google' })).toBeVisible();
  await throughProvider(page, 'google', login);
  await expectPath(page, '/register');
  await expect(screen.main).toContainText(registersWith('google', 'en'));
  await fillRegistration(screen, person);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.letterTo(person.email), site.url));
  await expectDone(page, '/', 'registered');
  await expectLinked(page, 'google');
});

test('MP-18 a person without an address types one', async ({ page, site }) => {
  const login = aLogin().replace('@example.jp', '');
  const person = aPerson();
  const screen = await registerWith(page, 'facebook', login);
  await expect(screen.email).toHaveValue('');
  await expect(screen.familyName).toHaveValue('見本');
  await fillRegistration(screen, person);
  await send(page, screen);
  await complete(page, linkIn(await site.mail.letterTo(person.email), site.url));
  await expectDone(page, '/', 'registered');
  await expectLinked(page, 'facebook');
});

test('MP-18 what a provider says of a person is text, however it is written', async ({ page, providers }) => {
  const login = aLogin();
  const name = `<img src=x onerror=alert(1)>"'𠮷\u202e`;
  providers.persons.know({ login, family_name: name, given_name: 'あ'.repeat(5_000), email: `"<b>"@example.jp`, email_verified: true });
  const screen = await registerWith(page, 'google', login);
  await expect(screen.main.locator('img[src="x"]')).toHaveCount(0);
  await screen.submit.click();
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.main).toContainText(registersWith('google'));
});

test('MP-18 an account that is linked already is signed in', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  await link(page, 'google', login);
  const elsewhere = await anotherBrowser();
  await RegistrationScreen.open(elsewhere);
  await throughProvider(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-10 MP-18 the address of a member is not taken over: the page is the same, no letter leaves, and nothing is linked', async ({ page, site, makeMember, enterAs, anotherBrowser, noLetterTo }) => {
  const member = await makeMember();
  const letters = site.mail.arrivedAt(member.email).length;
  const thief = await anotherBrowser();
  const screen = await registerWith(thief, 'google', member.email);
  await fillRegistration(screen, aPerson({ email: member.email }));
  await send(thief, screen);
  await expectSignedOut(thief);
  await enterWith(thief, 'google', member.email);
  await expectWaiting(thief, 'google');
  await expectSignedOut(thief);
  await enterAs(member);
  await expectNotLinked(page, 'google');
  await noLetterTo(member.email, letters);
});

test.describe('pre-hijacking: the victim is sole owner in the end', () => {
  for (const verified of [true, false]) {
    test(`classic-federated merge: an account at a provider with the address of a member (${verified ? 'verified' : 'not verified'}) never gets in`, async ({ page, makeMember, anotherBrowser }) => {
      const victim = await makeMember();
      const attacker = await anotherBrowser();
      await enterWith(attacker, 'google', victim.email, { verified });
      const screen = await expectWaiting(attacker, 'google');
      await expectSignedOut(attacker);
      await attacker.goto('/sign-in');
      await screen.email.fill(victim.email);
      await screen.password.fill('not-the-password-1');
      await screen.submit.click();
      await expect(screen.errorSummary).toBeVisible();
      await signIn(page, victim);
      await expectNotLinked(page, 'google');
      await enterWith(attacker, 'google', victim.email, { verified });
      await expectWaiting(attacker, 'google');
    });
  }

  test('classic-federated merge, the other way: a form sent earlier with the victim’s address gives its sender nothing', async ({ page, site, anotherBrowser }) => {
    const address = aLogin();
    const attacker = await anotherBrowser();
    const early = aPerson({ email: address });
    await register(attacker, early);
    await site.mail.letterTo(address);

    const victim = aPerson({ email: address });
    const screen = await registerWith(page, 'google', address);
    await fillRegistration(screen, victim);
    await send(page, screen);
    await complete(page, linkIn(await site.mail.letterTo(address), site.url));
    await expectDone(page, '/', 'registered');
    await expectLinked(page, 'google');
    await trySignIn(attacker, early);
    await expect(new SignInScreen(attacker).errorSummary).toBeVisible();
    await expectSignedOut(attacker);
    await attacker.goto('/register/sent');
    await expectSignedOut(attacker);
  });

  test('trojan identifier: a provider’s account chosen in a form with the victim’s address is not linked to the victim', async ({ page, site, anotherBrowser }) => {
    const address = aLogin();
    const trojan = aLogin();
    const attacker = await anotherBrowser();
    const screen = await registerWith(attacker, 'google', trojan);
    await fillRegistration(screen, aPerson({ email: address }));
    await send(attacker, screen);
    // The letter reaches the victim, whose browser is asked for the password that the attacker chose.
    await page.goto(linkIn(await site.mail.letterTo(address), site.url).href);
    await expect(new CompleteScreen(page).password).toBeVisible();

    const victim = aPerson({ email: address });
    await register(page, victim);
    await complete(page, linkIn(await site.mail.letterTo(address), site.url));
    await expectDone(page, '/', 'registered');
    await expectNotLinked(page, 'google');
    await enterWith(attacker, 'google', trojan);
    await expect(attacker).toHaveURL(/\/sign-in/);
    await expectSignedOut(attacker);
  });

  test('non-verifying provider: whatever it says, the address is proven by letter', async ({ page, site, anotherBrowser }) => {
    const address = aLogin();
    const attacker = await anotherBrowser();
    const screen = await registerWith(attacker, 'google', address, { verified: false });
    await fillRegistration(screen, aPerson({ email: address }));
    await send(attacker, screen);
    await expectSignedOut(attacker);
    await site.mail.letterTo(address);

    const victim = aPerson({ email: address, password: aPassword() });
    await register(page, victim);
    await complete(page, linkIn(await site.mail.letterTo(address), site.url));
    await expectDone(page, '/', 'registered');
    await expectNotLinked(page, 'google');
    await enterWith(attacker, 'google', address, { verified: false });
    await expect(attacker).toHaveURL(/\/sign-in/);
    await expectSignedOut(attacker);
  });
});

test('MP-19 the provider that was chosen is not changed by another choice, wherever that began', async ({ page, context, site }) => {
  const person = aPerson();
  // Two tabs from before: one still has the buttons, the other is at a provider already.
  const [late, away] = [await context.newPage(), await context.newPage()];
  const screen = await RegistrationScreen.open(late);
  await RegistrationScreen.open(away);
  const atYahoo = await goTo(away, 'yahoo');
  await registerWith(page, 'google', aLogin());
  await agree(atYahoo, aLogin());
  await expectLedToNothing(away, '/register', 'chosen', 'yahoo');
  await providerButton(late, 'facebook').click();
  await expectLedToNothing(late, '/register', 'chosen', 'facebook');
  await expect(screen.main).toContainText(registersWith('google'));
  await expect(providerButtons(late)).toHaveCount(0);

  await fillRegistration(screen, person);
  await send(late, screen);
  await complete(late, linkIn(await site.mail.letterTo(person.email), site.url));
  await expectDone(late, '/', 'registered');
  await expectLinked(late, 'google');
  for (const id of ['yahoo', 'facebook'] as const) await expectNotLinked(late, id);
});
