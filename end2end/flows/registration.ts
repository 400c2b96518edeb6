// Registering: the form, the email and its link.
import { expect, type Page } from '@playwright/test';
import type { Person } from '../fixtures/member';
import { PAGES } from '../screens/addresses';
import { CompleteScreen, RegistrationScreen, SentScreen } from '../screens/registration';
import { expectPath } from '../screens/shell';

/** Types everything; the kana only where the form asks for it (MP-17). */
export async function fillRegistration(screen: RegistrationScreen, person: Person): Promise<void> {
  await screen.email.fill(person.email);
  await screen.password.fill(person.password);
  await screen.familyName.fill(person.familyName);
  await screen.givenName.fill(person.givenName);
  if ((await screen.familyNameKana.count()) > 0) {
    await screen.familyNameKana.fill(person.familyNameKana);
    await screen.givenNameKana.fill(person.givenNameKana);
  }
  await screen.birthYear.fill(person.birthYear);
  await screen.birthMonth.fill(person.birthMonth);
  await screen.birthDay.fill(person.birthDay);
  await screen.terms.check();
}

/** Fills in the form, sends it, and waits for the page that announces the email. */
export async function register(page: Page, person: Person): Promise<SentScreen> {
  const screen = await RegistrationScreen.open(page);
  await fillRegistration(screen, person);
  await screen.submit.click();
  await expectPath(page, PAGES.registerSent);
  const sent = new SentScreen(page);
  // The address changes before the page has its data.
  await expect(sent.code).toBeVisible();
  return sent;
}

/** Opens the link of the email and presses the button behind it. */
export async function complete(page: Page, link: URL, password?: string): Promise<void> {
  await page.goto(link.href);
  const screen = new CompleteScreen(page);
  if (password !== undefined) await screen.password.fill(password);
  await screen.submit.click();
}

/** MP-09: one page for every link that does not work, with three causes and a way to begin again. */
export async function expectInvalidRegistrationLink(page: Page): Promise<void> {
  const screen = new CompleteScreen(page);
  await expect(screen.heading).toBeVisible();
  await expect(screen.causes).toHaveCount(3);
  await expect(screen.causes.filter({ hasText: /24/ })).toHaveCount(1);
  await expect(screen.restart).toBeVisible();
  await expect(screen.submit).toHaveCount(0);
}

export function formValues(screen: RegistrationScreen): Promise<string[]> {
  return Promise.all([
    screen.email.inputValue(),
    screen.familyName.inputValue(),
    screen.givenName.inputValue(),
    screen.familyNameKana.inputValue(),
    screen.givenNameKana.inputValue(),
    screen.birthYear.inputValue(),
    screen.birthMonth.inputValue(),
    screen.birthDay.inputValue(),
  ]);
}
