import { test, expect, aPerson } from '../fixtures';
import { linkIn } from '../deeds/letters';
import { expectLanguage, switchTo } from '../deeds/language';
import { register } from '../deeds/registration';
import { signIn } from '../deeds/sign_in';
import { JAPANESE, KANA, languageChoices, languageNow } from '../screens/language';
import { expectPath, Shell } from '../screens/shell';

const PUBLIC = ['/sign-in', '/register', '/register/complete?t=none', '/terms', '/privacy', '/help', '/help/security', '/help/data', '/no-such-page'];
const MEMBERS = ['/', '/account', '/account/profile', '/account/email', '/account/history'];

test('C-17 MP-95 the switch opens two choices; it is on every public screen and leaves one there', async ({ page, guard }) => {
  guard.allow(/status of 404/);
  await page.goto('/sign-in');
  await expect(languageChoices(page)).toHaveCount(0);
  await languageNow(page).click();
  await expect(languageChoices(page)).toHaveText([/日本語/, /English/]);
  for (const address of PUBLIC) {
    await page.goto(address);
    const here = new URL(page.url());
    await switchTo(page, 'en');
    await expect(page).toHaveURL((now) => now.pathname === here.pathname && now.search === here.search);
    await expect(new Shell(page).heading).not.toContainText(KANA);
    await switchTo(page, 'ja');
    await expect(languageNow(page)).toContainText('日本語');
  }
});

test('MP-95 the switch is on every screen of a member', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  for (const address of MEMBERS) {
    await page.goto(address);
    const { pathname } = new URL(page.url());
    await switchTo(page, 'en');
    await expectPath(page, pathname);
    await expect(new Shell(page).heading).not.toContainText(KANA);
    await switchTo(page, 'ja');
    await expect(new Shell(page).heading).toContainText(JAPANESE);
  }
});

test('MP-95 the switch works on the page after the registration form too', async ({ page }) => {
  const person = aPerson();
  await register(page, person);
  await switchTo(page, 'en');
  await expectPath(page, '/register/sent');
  await expect(new Shell(page).main).toContainText(person.email);
});

test('MP-95 the choice stays: on the next page, the next visit, and in the next browser of a member', async ({ page, context, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  await page.goto('/sign-in');
  await switchTo(page, 'en');
  await page.goto('/register');
  await expectLanguage(page, 'en');
  const later = await context.newPage();
  await later.goto('/sign-in');
  await expectLanguage(later, 'en');

  await signIn(page, member);
  await switchTo(page, 'en');
  const other = await anotherBrowser('ja');
  await signIn(other, member);
  await other.goto('/account');
  await expectLanguage(other, 'en');
});

test('MP-95 without a choice the browser is asked', async ({ anotherBrowser }) => {
  const english = await anotherBrowser('en');
  await english.goto('/sign-in');
  await expectLanguage(english, 'en');
  const japanese = await anotherBrowser('ja');
  await japanese.goto('/sign-in');
  await expectLanguage(japanese, 'ja');
});

test('MP-95 letters follow the switch', async ({ page, mail, site }) => {
  await page.goto('/sign-in');
  await switchTo(page, 'en');
  const person = aPerson({ familyName: 'Okafor', givenName: 'Ada' });
  await register(page, person);
  const letter = await mail.letterTo(person.email);
  expect(letter.headers.get('content-language') ?? 'en').toMatch(/^en/);
  expect(letter.text).toMatch(/\bthe\b/);
  await page.goto(linkIn(letter, site.url).href);
  await expectLanguage(page, 'en');
});

test('MP-95 errors are in the language of the page', async ({ page, guard }) => {
  guard.allow(/status of 404/);
  await page.goto('/register');
  await switchTo(page, 'en');
  const shell = new Shell(page);
  await shell.main.locator('form button[type="submit"]').first().click();
  await expect(shell.errorSummary).toBeVisible();
  await expect(shell.main).not.toContainText(KANA);
  await page.goto('/no-such-page');
  await expect(shell.main).not.toContainText(KANA);
});
