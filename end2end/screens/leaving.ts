// /account/withdraw, /withdrawn and /account/data.
import type { Page } from '@playwright/test';
import { Shell } from './shell';

export class WithdrawScreen extends Shell {
  readonly form = this.main.locator('form[action="/account/withdraw"]');
  readonly agree = this.field('agree');
  readonly submit = this.form.locator('button[type="submit"]');
  readonly toData = this.main.locator('a[href="/account/data"]');
  readonly gone = this.main.locator('section').first().locator('li');

  static async open(page: Page): Promise<WithdrawScreen> {
    await page.goto('/account/withdraw');
    return new WithdrawScreen(page);
  }
}

export class WithdrawnScreen extends Shell {
  readonly receipt = this.main.locator('dl.facts dd');
}

export class MyDataScreen extends Shell {
  readonly prepare = this.main.locator('form[action="/account/data"] button[type="submit"]');
  readonly building = this.main.locator('.notice--info');
  readonly ready = this.main.locator('.notice--success');
  readonly html = this.main.locator('a[href$="as=html"]');
  readonly json = this.main.locator('a[href$="as=json"]');

  static async open(page: Page): Promise<MyDataScreen> {
    await page.goto('/account/data');
    return new MyDataScreen(page);
  }
}
