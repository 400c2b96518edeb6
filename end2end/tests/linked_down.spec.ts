// A provider that is down affects nothing else, and its button says so. On a site of its own, which remembers the outage.
import { test, expect } from '../fixtures/providers';
import { consent, randomLogin, signInWith, expectProviderError, goToProvider, link, authenticateWith, submitPassword } from '../flows/linked';
import { expectSignedIn, signIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { LinkedScreen, providerButton, unavailable } from '../screens/linked';
import { RegistrationScreen } from '../screens/registration';
import { expectDone } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test.describe.configure({ mode: 'serial' });
test.use({ extraSettings: { TEGATA_SITE__SUPPORT: 'down@example.jp' } });

test('a provider that is down: its button says so, the password and the other providers still work', async ({ page, providers, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  await providers.yahoo.down();
  const screen = await SignInScreen.open(page);
  if (await providerButton(page, 'yahoo').isVisible()) {
    await providerButton(page, 'yahoo').click();
    await expectProviderError(page, PAGES.signIn, 'unreachable', 'yahoo');
  }
  await SignInScreen.open(page);
  await expect(screen.main).toContainText(unavailable('yahoo'));
  await expect(providerButton(page, 'yahoo')).toHaveCount(0);
  await expect(providerButton(page, 'google')).toBeVisible();
  const registration = await RegistrationScreen.open(page);
  await expect(registration.main).toContainText(unavailable('yahoo'));
  await signIn(page, member);

  const other = await anotherBrowser();
  await other.context().addCookies((await makeMember()).cookies);
  await link(other, 'google', randomLogin());
  await expect((await LinkedScreen.open(other)).row('yahoo')).toContainText(unavailable('yahoo'));
});

test('a provider that goes down between its page and the answer: a message, a way back, nothing linked', async ({ page, providers, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await LinkedScreen.open(page);
  const atGoogle = await goToProvider(page, 'google');
  providers.google.misbehave('silent');
  await consent(atGoogle, randomLogin());
  await expectProviderError(page, PAGES.linked, 'unreachable', 'google');
  providers.google.misbehave('none');
  // The site pauses its requests: nothing is linked, and nothing can be.
  await LinkedScreen.open(page);
  await expect(screen.row('google')).toContainText(unavailable('google'));
  await expect(screen.unlink('google')).toHaveCount(0);
});

test('an account stays linked while its provider is down, and can be unlinked', async ({ page, providers, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  const screen = await link(page, 'facebook', login);
  await providers.facebook.down();
  await LinkedScreen.open(page);
  await expect(screen.unlink('facebook')).toHaveCount(1);
  await providers.facebook.up();
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'facebook', login);
  await expectSignedIn(elsewhere);
});

test('while a provider is silent, other sign-ins work', async ({ page, site, providers, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const screen = await SignInScreen.open(page);
  const waiting = await anotherBrowser();
  await SignInScreen.open(waiting);
  providers.facebook.misbehave('silent');
  const began = await goToProvider(waiting, 'facebook');
  const asked = waiting.waitForRequest(/\/linked\/facebook\/return\?/);
  await began.yes.click({ noWaitAfter: true });
  await asked;
  // The site waits 5 s for the provider, so only the necessary happens within them.
  await submitPassword(screen, member);
  await expectSignedIn(page);
  expect(waiting.url(), 'the other one still waits').not.toContain(site.url);
  await expectProviderError(waiting, PAGES.signIn, 'unreachable', 'facebook');
});

// Last, because the site leaves such a provider alone for half a minute.
test('a provider that was down comes back', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await expect(async () => {
    await LinkedScreen.open(page);
    await expect(providerButton(page, 'yahoo')).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 60_000 });
  await authenticateWith(page, 'yahoo', randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
});
