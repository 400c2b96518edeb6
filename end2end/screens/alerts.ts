// /alert: was it you?
import type { Page } from '@playwright/test';
import { FORMS } from './addresses';
import { buttonTo, Shell } from './shell';

export class AlertScreen extends Shell {
  readonly facts = this.main.locator('dl.facts');
  readonly mine = this.main.locator(buttonTo(FORMS.alertMine));
  readonly notMine = this.main.locator(buttonTo(FORMS.alertNotMine));
  readonly lock = this.main.locator(buttonTo(FORMS.alertLock));
  /** A link that is of no use: three causes. */
  readonly causes = this.main.locator('li');

  static async open(page: Page, link: URL): Promise<AlertScreen> {
    await page.goto(link.href);
    return new AlertScreen(page);
  }
}
