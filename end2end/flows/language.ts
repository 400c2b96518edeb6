// Switching the language of the page.
import { expect, type Page } from '@playwright/test';
import { languageChoice, languageNow, type Language } from '../screens/language';

export async function switchLanguage(page: Page, language: Language): Promise<void> {
  await languageNow(page).click();
  await languageChoice(page, language).click();
  await expectLanguage(page, language);
}

export async function expectLanguage(page: Page, language: Language): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('lang', language);
}
