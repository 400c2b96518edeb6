// Where a site's policy differs: addresses that a provider vouches for.
import { test, expect, aPerson } from '../fixtures/providers';
import { aLogin, expectLinked, throughProvider } from '../deeds/linked';
import { fillRegistration } from '../deeds/registration';
import { registersWith } from '../screens/linked';
import { RegistrationScreen, SentScreen } from '../screens/registration';
import { expectDone, expectPath } from '../screens/shell';

/** An address that Yahoo! JAPAN itself gave out. */
const atYahoo = () => aLogin().replace('example.jp', 'yahoo.co.jp');

test.use({ besides: { TEGATA_POLICY__LINKED_ACCOUNTS__VOUCHED_ADDRESSES: 'true' } });

test('MP-07 an address that the provider has seen to be theirs needs no letter, where the site believes it', async ({ page, noLetterTo }) => {
  const login = atYahoo();
  const screen = await RegistrationScreen.open(page);
  await throughProvider(page, 'yahoo', login);
  await expect(screen.main).toContainText(registersWith('yahoo'));
  await fillRegistration(screen, aPerson({ email: login }));
  await screen.submit.click();
  await expectDone(page, '/', 'registered');
  await expectLinked(page, 'yahoo');
  await noLetterTo(login, 1);
});

test('MP-07 of an address elsewhere Google does not know whose it is now: it is proven by letter', async ({ page, site }) => {
  const login = aLogin();
  const screen = await RegistrationScreen.open(page);
  await throughProvider(page, 'google', login);
  await fillRegistration(screen, aPerson({ email: login }));
  await screen.submit.click();
  await expectPath(page, '/register/sent');
  await site.mail.letterTo(login);
});

test('MP-07 nor does Yahoo! JAPAN', async ({ page, site }) => {
  const login = aLogin();
  const screen = await RegistrationScreen.open(page);
  await throughProvider(page, 'yahoo', login);
  await fillRegistration(screen, aPerson({ email: login }));
  await screen.submit.click();
  await expectPath(page, '/register/sent');
  await site.mail.letterTo(login);
});

for (const [what, own, verified] of [['another address', true, true], ['an address that the provider has not verified', false, false]] as const) {
  test(`MP-07 ${what} is proven by letter all the same`, async ({ page, site }) => {
    const login = atYahoo();
    const person = aPerson(own ? {} : { email: login });
    const screen = await RegistrationScreen.open(page);
    await throughProvider(page, 'yahoo', login, { verified });
    await fillRegistration(screen, person);
    await screen.submit.click();
    await expectPath(page, '/register/sent');
    await expect(new SentScreen(page).code).toBeVisible();
    await site.mail.letterTo(person.email);
  });
}
