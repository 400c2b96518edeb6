// /help, its chapters, the pages about troubles, and /help/data.
import type { Page } from '@playwright/test';
import { PAGES } from './addresses';
import { linkTo, Shell } from './shell';

/** MP-101: names and order. */
export const CHAPTERS = [
  '新規登録',
  'ログイン',
  'ログアウト',
  'ご登録情報',
  'ユーザID変更',
  '外部アカウント連携',
  '認証・セキュリティ',
  'サービス',
  '使い方',
  '退会',
];

export class HelpScreen extends Shell {
  readonly query = this.field('q');
  readonly search = this.main.locator('form[role="search"] button');
  readonly chapters = this.main.locator('[aria-labelledby="chapters"] a');
  readonly troubles = this.main.locator('[aria-labelledby="troubles"] a');
  readonly found = this.main.locator('[aria-labelledby="found"]');
  readonly hits = this.found.locator('li a');
  /** MP-91: 「***を退会」. */
  readonly withdraw = this.main.locator(linkTo(PAGES.withdraw));

  static async open(page: Page): Promise<HelpScreen> {
    await page.goto(PAGES.help);
    return new HelpScreen(page);
  }
}

/** A chapter, or a page about a trouble. */
export class TopicScreen extends Shell {
  readonly contents = this.main.locator('nav a');
  readonly questions = this.main.locator('.answers h2');
  /** MP-103: the server's time. */
  readonly now = this.main.locator('time');
}

export class RetentionScreen extends Shell {
  readonly kinds = this.main.locator('.things > li');
  readonly purged = this.main.locator('.purged');
}
