// The two languages, and the switch that is on every screen (MP-95).
import type { BrowserContext, Page } from '@playwright/test';

export type Language = 'ja' | 'en';
export const LANGUAGES: readonly Language[] = ['ja', 'en'];

/** The name of each language in that language. */
export const SWITCH: Record<Language, string> = { ja: '日本語', en: 'English' };

/** Letters that only Japanese is written in. */
export const KANA = /[ぁ-んァ-ヴ]/;
/** A text may be Japanese without kana: 新規登録. */
export const JAPANESE = /[ぁ-んァ-ヴ一-龠]/;

/** What leads to a language: a button of a form, or a link. The phone may show it in the header or the drawer. */
export function languageSwitch(page: Page, language: Language) {
  const name = SWITCH[language];
  return page
    .getByRole('button', { name, exact: true })
    .or(page.getByRole('link', { name, exact: true }))
    .filter({ visible: true })
    .first();
}

/** A browser that chose its language on an earlier visit. */
export async function chosenEarlier(context: BrowserContext, url: string, language: Language): Promise<void> {
  await context.addCookies([{ name: 'lang', value: language, url }]);
}
