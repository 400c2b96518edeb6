// /account: the facts about a member (MP-73).
import type { Page } from '@playwright/test';
import { PAGES } from './addresses';
import { Shell } from './shell';

export class AccountScreen extends Shell {
  readonly facts = this.main.locator('dl.facts').first();
  /** The hub: every other account screen is reached from here. */
  readonly links = this.page.locator(`:is(main, .rail) a[href^="${PAGES.account}/"]`);

  static async open(page: Page): Promise<AccountScreen> {
    await page.goto(PAGES.account);
    return new AccountScreen(page);
  }
}
