// /account/email, and the pages behind the links of the letters to the new and to the old address.
import type { Page } from '@playwright/test';
import { Shell } from './shell';

/** MP-70, exactly. */
export const MAIL_FACTOR = '2段階認証で利用中です。2段階認証のメールトークンを解除してから変更してください。';

export class EmailScreen extends Shell {
  readonly now = this.main.locator('dl.facts');
  readonly email = this.field('email');
  readonly submit = this.main.locator('form[action="/account/email"] button[type="submit"]');
  readonly waiting = this.main.locator('.big');
  readonly code = this.field('code');
  readonly complete = this.main.locator('form[action="/account/email/code"] button[type="submit"]');
  readonly again = this.main.locator('form[action="/account/email/resend"] button[type="submit"]');
  readonly cancel = this.main.locator('form[action="/account/email/cancel"] button[type="submit"]');
  readonly toSecondStep = this.main.locator('a[href="/account/second-step"]');

  static async open(page: Page): Promise<EmailScreen> {
    await page.goto('/account/email');
    return new EmailScreen(page);
  }
}

export class EmailConfirmScreen extends Shell {
  readonly address = this.main.locator('.big');
  readonly password = this.field('current_password');
  readonly submit = this.main.locator('form[action="/account/email/confirm"] button[type="submit"]');

  static async open(page: Page, link: URL): Promise<EmailConfirmScreen> {
    await page.goto(link.href);
    return new EmailConfirmScreen(page);
  }
}

export class EmailUndoScreen extends Shell {
  readonly submit = this.main.locator('form[action="/email-change/undo"] button[type="submit"]');

  static async open(page: Page, link: URL): Promise<EmailUndoScreen> {
    await page.goto(link.href);
    return new EmailUndoScreen(page);
  }
}
