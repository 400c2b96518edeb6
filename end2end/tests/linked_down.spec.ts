// A provider that is down takes nothing else with it: its button says so (on a site of its own, which remembers it for a while).
import { test, expect } from '../fixtures/providers';
import { agree, aLogin, enterWith, expectLedToNothing, goTo, link, throughProvider, typePassword } from '../deeds/linked';
import { expectSignedIn, signIn } from '../deeds/sign_in';
import { LinkedScreen, providerButton, unavailable } from '../screens/linked';
import { RegistrationScreen } from '../screens/registration';
import { SignInScreen } from '../screens/sign_in';

test.describe.configure({ mode: 'serial' });
test.use({ besides: { TEGATA_SITE__SUPPORT: 'down@example.jp' } });

test('a provider that is down: said in its place, the password goes on, the others too, and it comes back', async ({ page, providers, makeMember, enterAs, anotherBrowser }, info) => {
  const member = await makeMember();
  await providers.yahoo.down();
  const screen = await SignInScreen.open(page);
  if (await providerButton(page, 'yahoo').isVisible()) {
    await providerButton(page, 'yahoo').click();
    await expectLedToNothing(page, '/sign-in', 'unreachable', 'yahoo');
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
  await link(other, 'google', aLogin());
  await expect((await LinkedScreen.open(other)).row('yahoo')).toContainText(unavailable('yahoo'));

  // It is left alone for half a minute; once is enough to see that it comes back.
  if (info.project.name !== 'desktop') return;
  await providers.yahoo.up();
  await enterAs(member);
  await expect(async () => {
    await LinkedScreen.open(page);
    await expect(providerButton(page, 'yahoo')).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 60_000 });
  await throughProvider(page, 'yahoo', aLogin());
  await expect(page).toHaveURL(/done=linked/);
});

test('a provider that goes down between its page and the answer: a message, a way back, nothing linked', async ({ page, providers, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  const screen = await LinkedScreen.open(page);
  const atGoogle = await goTo(page, 'google');
  providers.google.misbehaves('silent');
  await agree(atGoogle, aLogin());
  await expectLedToNothing(page, '/account/linked', 'unreachable', 'google');
  providers.google.misbehaves('none');
  // It is left alone for a while: nothing is linked, and nothing can be.
  await LinkedScreen.open(page);
  await expect(screen.row('google')).toContainText(unavailable('google'));
  await expect(screen.unlink('google')).toHaveCount(0);
});

test('who has a link keeps it while the provider is down, and can unlink it', async ({ page, providers, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  const screen = await link(page, 'facebook', login);
  await providers.facebook.down();
  await LinkedScreen.open(page);
  await expect(screen.unlink('facebook')).toHaveCount(1);
  await providers.facebook.up();
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'facebook', login);
  await expectSignedIn(elsewhere);
});

test('while a provider is silent everybody else signs in', async ({ page, site, providers, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const screen = await SignInScreen.open(page);
  const waiting = await anotherBrowser();
  await SignInScreen.open(waiting);
  providers.facebook.misbehaves('silent');
  const began = await goTo(waiting, 'facebook');
  const asked = waiting.waitForRequest(/\/linked\/facebook\/return\?/);
  await began.yes.click({ noWaitAfter: true });
  await asked;
  // The site gives the provider 5 s: only what must be is done within them.
  await typePassword(screen, member);
  await expectSignedIn(page);
  expect(waiting.url(), 'the other one still waits').not.toContain(site.url);
  await expectLedToNothing(waiting, '/sign-in', 'unreachable', 'facebook');
});
