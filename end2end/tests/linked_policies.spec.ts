// Where a site's policy differs: addresses that a provider has verified.
import { test, expect, randomPerson } from '../fixtures/providers';
import { randomLogin, expectLinked, authenticateWith } from '../flows/linked';
import { fillRegistration } from '../flows/registration';
import { PAGES } from '../screens/addresses';
import { registersWith } from '../screens/linked';
import { RegistrationScreen, SentScreen } from '../screens/registration';
import { expectDone, expectPath } from '../screens/shell';

/** An address that Yahoo! JAPAN itself gave out. */
const atYahoo = () => randomLogin().replace('example.jp', 'yahoo.co.jp');

test.use({ extraSettings: { TEGATA_POLICY__LINKED_ACCOUNTS__VOUCHED_ADDRESSES: 'true' } });

test('MP-07 an address that the provider has verified needs no email, where the site trusts it', async ({ page, expectNoEmailTo }) => {
  const login = atYahoo();
  const screen = await RegistrationScreen.open(page);
  await authenticateWith(page, 'yahoo', login);
  await expect(screen.main).toContainText(registersWith('yahoo'));
  await fillRegistration(screen, randomPerson({ email: login }));
  await screen.submit.click();
  await expectDone(page, PAGES.home, 'registered');
  await expectLinked(page, 'yahoo');
  await expectNoEmailTo(login, 1);
});

test('MP-07 an address at another domain is verified by email, though Google has verified it once', { tag: '@nojs' }, async ({ page, site }) => {
  const login = randomLogin();
  const screen = await RegistrationScreen.open(page);
  await authenticateWith(page, 'google', login);
  await fillRegistration(screen, randomPerson({ email: login }));
  await screen.submit.click();
  await expectPath(page, PAGES.registerSent);
  await site.mail.emailTo(login);
});

test('MP-07 an address at another domain is verified by email, also with Yahoo! JAPAN', { tag: '@nojs' }, async ({ page, site }) => {
  const login = randomLogin();
  const screen = await RegistrationScreen.open(page);
  await authenticateWith(page, 'yahoo', login);
  await fillRegistration(screen, randomPerson({ email: login }));
  await screen.submit.click();
  await expectPath(page, PAGES.registerSent);
  await site.mail.emailTo(login);
});

for (const [what, own, verified] of [['another address', true, true], ['an address that the provider has not verified', false, false]] as const) {
  test(`MP-07 ${what} is verified by email`, { tag: '@nojs' }, async ({ page, site }) => {
    const login = atYahoo();
    const person = randomPerson(own ? {} : { email: login });
    const screen = await RegistrationScreen.open(page);
    await authenticateWith(page, 'yahoo', login, { verified });
    await fillRegistration(screen, person);
    await screen.submit.click();
    await expectPath(page, PAGES.registerSent);
    await expect(new SentScreen(page).code).toBeVisible();
    await site.mail.emailTo(person.email);
  });
}
