// /account/withdraw, /withdrawn and /account/data.
import type { Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, formTo, linkTo, Shell } from './shell';

export class WithdrawScreen extends Shell {
  readonly form = this.main.locator(formTo(FORMS.withdraw));
  readonly agree = this.field('agree');
  readonly submit = this.form.locator('button[type="submit"]');
  readonly toData = this.main.locator(linkTo(PAGES.dataExport));
  readonly gone = this.main.locator('section').first().locator('li');

  static async open(page: Page): Promise<WithdrawScreen> {
    await page.goto(PAGES.withdraw);
    return new WithdrawScreen(page);
  }
}

export class WithdrawnScreen extends Shell {
  readonly receipt = this.main.locator('dl.facts dd');
}

export class DataExportScreen extends Shell {
  readonly prepare = this.main.locator(buttonTo(FORMS.myData));
  readonly building = this.main.locator('.notice--info');
  readonly ready = this.main.locator('.notice--success');
  readonly html = this.main.locator('a[href$="as=html"]');
  readonly json = this.main.locator('a[href$="as=json"]');

  static async open(page: Page): Promise<DataExportScreen> {
    await page.goto(PAGES.dataExport);
    return new DataExportScreen(page);
  }
}
