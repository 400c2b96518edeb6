// /account/passkeys, and the button on /sign-in.
import type { Locator, Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, Shell } from './shell';

export class PasskeysScreen extends Shell {
  readonly label = this.field('label');
  readonly rows = this.main.locator('ul.rows > li');
  readonly addForm = this.main.locator('form').filter({ has: this.page.locator('[name="label"]') });
  readonly add = this.addForm.locator('button[type="submit"]');
  readonly withoutScript = this.main.locator('.unscripted');

  row(name: string): Locator {
    return this.rows.filter({ hasText: name });
  }

  remove(name: string): Locator {
    return this.row(name).locator('button[type="submit"]');
  }

  static async open(page: Page): Promise<PasskeysScreen> {
    await page.goto(PAGES.passkeys);
    return new PasskeysScreen(page);
  }
}

/** 「パスキーでログイン」. */
export function passkeyButton(page: Page): Locator {
  return page.locator(buttonTo(FORMS.signInPasskey));
}
