// /account/security: the switch of the second step, connected services, sessions (MP-82).
import type { Locator, Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, linkTo, Shell } from './shell';

/** MP-43, MP-82, C-03 as labelled in the source, and our own last one. */
export const AREAS = ['2段階認証サービス', '連携サービス', 'セッション管理', 'アカウントのロック'];
export const USED = '利用する';
export const NOT_USED = '利用していない';

export class SecurityScreen extends Shell {
  readonly used = this.main.getByLabel(USED, { exact: true });
  readonly notUsed = this.main.getByLabel(NOT_USED, { exact: true });
  readonly saveSwitch = this.main.locator(buttonTo(FORMS.securitySecondFactor));
  readonly secondFactorLink = this.main.locator(linkTo(PAGES.secondFactor));
  readonly sessions = this.main.locator('.row--acts');
  readonly here = this.sessions.filter({ has: this.page.locator('.chip--here') });
  readonly others = this.sessions.filter({ hasNot: this.page.locator('.chip--here') });
  readonly lock = this.main.locator(buttonTo(FORMS.securityLock));
  readonly endOthers = this.main.locator(buttonTo(FORMS.securityEndOthers));

  static async open(page: Page): Promise<SecurityScreen> {
    await page.goto(PAGES.security);
    return new SecurityScreen(page);
  }

  /** The button that ends a session of the list. */
  end(session: Locator): Locator {
    return session.locator(buttonTo(FORMS.securityEndSession));
  }
}
