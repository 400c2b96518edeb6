// /account/linked, the buttons of providers on other pages, and the interstitial redirect page.
import type { Locator, Page } from '@playwright/test';
import { FORMS, PAGES, toProvider } from './addresses';
import type { Language } from './language';
import { buttonTo, Shell } from './shell';

export type ProviderId = 'google' | 'yahoo' | 'facebook';
export const NAMES: Record<ProviderId, string> = { google: 'Google', yahoo: 'Yahoo! JAPAN', facebook: 'Facebook' };
export const IDS = Object.keys(NAMES) as ProviderId[];

/** The exact sentences and labels of MP-64, MP-63, MP-65 and MP-18. */
export const USED_ELSEWHERE = 'そのアカウントは他のIDで使われています';
export const USED = '利用する';
export const NOT_USED = '利用していない';

/** MP-67, in its order. */
export const RETRY = ['Tegataからログアウトする', 'SNSからログアウトする', 'Tegataにログインする', 'SNSにログインし、もう一度連携する'];

/** What the page is called where there is one way to sign in at a time (MD-27). */
export const METHOD: Record<Language, string> = { ja: 'ログイン方法の設定', en: 'How you sign in' };

/** MP-65, on ログイン. */
export function willBeLinked(id: ProviderId, language: Language = 'ja'): string {
  return language === 'ja'
    ? `${NAMES[id]}と連携します。Tegataのアカウントでログインしていただくか、新規登録してください。`
    : `Your ${NAMES[id]} account is not linked yet. To link it, please sign in to your Tegata account, or register.`;
}

/** MP-18, on 新規登録. */
export function registersWith(id: ProviderId, language: Language = 'ja'): string {
  return language === 'ja' ? `${NAMES[id]}とSNSアカウント連携します。` : `Your ${NAMES[id]} account will be linked when your registration is complete.`;
}

export function unavailable(id: ProviderId): string {
  return `${NAMES[id]}は現在ご利用いただけません`;
}

/** On any page that has it. */
export function providerButton(page: Page, id: ProviderId): Locator {
  return page.locator(buttonTo(toProvider(id)));
}

/** All of them. */
export function providerButtons(page: Page): Locator {
  return page.locator(`form[action^="${toProvider('')}"] button[type="submit"]`);
}

/** 「連携しない」, beside the notice on ログイン. */
export function doNotLink(page: Page): Locator {
  return page.locator(buttonTo(FORMS.signInLinkedCancel));
}

export class LinkedScreen extends Shell {
  readonly rows = this.main.locator('ul.things > li');
  /** MP-67: four steps. */
  readonly help = this.main.locator('details', { has: this.page.locator('ol') });

  row(id: ProviderId): Locator {
    return this.rows.filter({ hasText: NAMES[id] });
  }

  link(id: ProviderId): Locator {
    return providerButton(this.page, id);
  }

  /** Opens the question before the button. */
  ask(id: ProviderId): Locator {
    return this.row(id).locator('summary');
  }

  unlink(id: ProviderId): Locator {
    return this.row(id).locator(buttonTo(FORMS.linkedUnlink));
  }

  static async open(page: Page): Promise<LinkedScreen> {
    await page.goto(PAGES.linked);
    return new LinkedScreen(page);
  }
}

/** The page of a demonstration provider (`provider/page.mjs`). */
export class ProviderScreen {
  readonly heading: Locator;
  readonly typed: Locator;
  readonly verified: Locator;
  readonly yes: Locator;
  readonly no: Locator;

  constructor(readonly page: Page) {
    this.heading = page.getByRole('heading', { level: 1 });
    this.typed = page.locator('[name="typed"]');
    this.verified = page.locator('[name="verified"]');
    this.yes = page.locator('button[value="yes"]');
    this.no = page.locator('button[value="no"]');
  }

  who(login: string): Locator {
    return this.page.locator(`[name="who"][value="${login}"]`);
  }
}

/** The interstitial redirect page between a button and the provider. */
export class RedirectScreen extends Shell {
  readonly link = this.main.locator('a[href^="http"]');
}
