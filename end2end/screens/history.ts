// /account/history: all records of the account, by kind and page by page.
import type { Page } from '@playwright/test';
import { PAGES } from './addresses';
import { Shell } from './shell';

export class HistoryScreen extends Shell {
  readonly records = this.main.locator('ol.rows > .record');
  /** Records as rows: those inside of a folded one are not counted. */
  readonly rows = this.main.locator('.page > ol.rows > .record');
  readonly filters = this.main.locator('.chips a');
  readonly shown = this.main.locator('.chips [aria-current]');
  readonly here = this.main.locator('.record .chip--here');
  readonly older = this.main.locator('a[rel="next"]');
  readonly newest = this.main.locator('a[rel="first"]');
  readonly unfamiliar = this.main.locator('details.help');

  filter(name: string) {
    return this.filters.filter({ hasText: new RegExp(`^${name}$`) });
  }

  static async open(page: Page, query = ''): Promise<HistoryScreen> {
    await page.goto(`${PAGES.history}${query}`);
    return new HistoryScreen(page);
  }
}
