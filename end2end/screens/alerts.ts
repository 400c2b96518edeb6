// /alert: was it you?
import type { Page } from '@playwright/test';
import { Shell } from './shell';

export class AlertScreen extends Shell {
  readonly facts = this.main.locator('dl.facts');
  readonly mine = this.main.locator('form[action^="/alert/mine"] button[type="submit"]');
  readonly notMine = this.main.locator('form[action^="/alert/not-mine"] button[type="submit"]');
  readonly lock = this.main.locator('form[action^="/alert/lock"] button[type="submit"]');
  /** A link that is of no use: three causes. */
  readonly causes = this.main.locator('li');

  static async open(page: Page, link: URL): Promise<AlertScreen> {
    await page.goto(link.href);
    return new AlertScreen(page);
  }
}
