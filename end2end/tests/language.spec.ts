import type { Page } from '@playwright/test';
import { test, expect, randomPerson } from '../fixtures';
import { linkIn } from '../flows/emails';
import { expectLanguage, switchLanguage } from '../flows/language';
import { register } from '../flows/registration';
import { signIn } from '../flows/sign_in';
import { PAGES, UNKNOWN } from '../screens/addresses';
import { JAPANESE, KANA, languageChoices, languageNow, type Language } from '../screens/language';
import { expectPath, Shell } from '../screens/shell';

const PUBLIC = [PAGES.signIn, PAGES.register, `${PAGES.registerComplete}?t=none`, PAGES.terms, PAGES.privacy, PAGES.help, PAGES.helpSecurity, PAGES.helpData, UNKNOWN.page];
const MEMBERS = [PAGES.home, PAGES.account, PAGES.profile, PAGES.emailChange, PAGES.history];

async function expectHeadingIn(page: Page, language: Language): Promise<void> {
  const { heading } = new Shell(page);
  if (language === 'ja') await expect(heading).toContainText(JAPANESE);
  else await expect(heading).not.toContainText(KANA);
}

/** Switches once on each page, to and fro, and stays there. */
async function switchOnEach(page: Page, addresses: readonly string[]): Promise<void> {
  let [from, to]: [Language, Language] = ['ja', 'en'];
  for (const address of addresses) {
    await page.goto(address);
    const here = page.url();
    await expectHeadingIn(page, from);
    await switchLanguage(page, to);
    await expect(page).toHaveURL(here);
    await expectHeadingIn(page, to);
    [from, to] = [to, from];
  }
}

test('C-17 MP-95 the switch opens two choices; it is on every public screen and stays there', { tag: ['@desktop', '@nojs'] }, async ({ page, guard }) => {
  guard.allow(/status of 404/);
  await page.goto(PAGES.signIn);
  await expect(languageChoices(page)).toHaveCount(0);
  await languageNow(page).click();
  await expect(languageChoices(page)).toHaveText([/日本語/, /English/]);
  await switchOnEach(page, PUBLIC);
});

test('MP-95 the switch is on every screen of a member', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await switchOnEach(page, MEMBERS);
});

test('MP-95 the switch works on the page after the registration form too', { tag: '@nojs' }, async ({ page }) => {
  const person = randomPerson();
  await register(page, person);
  await switchLanguage(page, 'en');
  await expectPath(page, PAGES.registerSent);
  await expect(new Shell(page).main).toContainText(person.email);
});

test('MP-95 the choice stays: on the next page, the next visit, and in the next browser of a member', { tag: '@journey' }, async ({ page, context, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  await page.goto(PAGES.signIn);
  await switchLanguage(page, 'en');
  await page.goto(PAGES.register);
  await expectLanguage(page, 'en');
  const later = await context.newPage();
  await later.goto(PAGES.signIn);
  await expectLanguage(later, 'en');

  await signIn(page, member);
  await switchLanguage(page, 'en');
  const other = await anotherBrowser('ja');
  await signIn(other, member);
  await other.goto(PAGES.account);
  await expectLanguage(other, 'en');
});

test('MP-95 without a choice the language of the browser counts', async ({ anotherBrowser }) => {
  const english = await anotherBrowser('en');
  await english.goto(PAGES.signIn);
  await expectLanguage(english, 'en');
  const japanese = await anotherBrowser('ja');
  await japanese.goto(PAGES.signIn);
  await expectLanguage(japanese, 'ja');
});

test('MP-95 emails follow the switch', { tag: '@nojs' }, async ({ page, mail, site }) => {
  await page.goto(PAGES.signIn);
  await switchLanguage(page, 'en');
  const person = randomPerson({ familyName: 'Okafor', givenName: 'Ada' });
  await register(page, person);
  const email = await mail.emailTo(person.email);
  expect(email.headers.get('content-language') ?? 'en').toMatch(/^en/);
  expect(email.text).toMatch(/\bthe\b/);
  await page.goto(linkIn(email, site.url).href);
  await expectLanguage(page, 'en');
});

test('MP-95 errors are in the language of the page', async ({ page, guard }) => {
  guard.allow(/status of 404/);
  await page.goto(PAGES.register);
  await switchLanguage(page, 'en');
  const shell = new Shell(page);
  await shell.main.locator('form button[type="submit"]').first().click();
  await expect(shell.errorSummary).toBeVisible();
  await expect(shell.main).not.toContainText(KANA);
  await page.goto(UNKNOWN.page);
  await expect(shell.main).not.toContainText(KANA);
});
