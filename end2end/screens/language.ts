// The two languages, and the switch that is on every screen (MP-95).
import type { BrowserContext, Page } from '@playwright/test';

export type Language = 'ja' | 'en';
export const LANGUAGES: readonly Language[] = ['ja', 'en'];

/** Emails that only Japanese is written in. */
export const KANA = /[ぁ-んァ-ヴ]/;
/** A text may be Japanese without kana: 新規登録. */
export const JAPANESE = /[ぁ-んァ-ヴ一-龠]/;

/** The button that shows the language of now and opens the choice. */
export function languageNow(page: Page) {
  return page.locator('details.lang > summary');
}

/** What the button opens (C-17). */
export function languageChoices(page: Page) {
  return page.locator('details.lang button').filter({ visible: true });
}

/** What leads to a language, once the choice is open. */
export function languageChoice(page: Page, language: Language) {
  return page.locator(`details.lang button[value="${language}"]`);
}

/** A browser that chose its language on an earlier visit. */
export async function chosenEarlier(context: BrowserContext, url: string, language: Language): Promise<void> {
  await context.addCookies([{ name: 'lang', value: language, url }]);
}
