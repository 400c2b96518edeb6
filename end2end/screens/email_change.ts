// /account/email, and the pages behind the links of the emails to the new and to the old address.
import type { Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, linkTo, Shell } from './shell';

/** MP-70, exactly. */
export const MAIL_FACTOR = '2段階認証で利用中です。2段階認証のメールトークンを解除してから変更してください。';

export class EmailScreen extends Shell {
  readonly now = this.main.locator('dl.facts');
  readonly email = this.field('email');
  readonly submit = this.main.locator(buttonTo(FORMS.email));
  readonly waiting = this.main.locator('.big');
  readonly code = this.field('code');
  readonly complete = this.main.locator(buttonTo(FORMS.emailCode));
  readonly again = this.main.locator(buttonTo(FORMS.emailResend));
  readonly cancel = this.main.locator(buttonTo(FORMS.emailCancel));
  readonly toSecondFactor = this.main.locator(linkTo(PAGES.secondFactor));

  static async open(page: Page): Promise<EmailScreen> {
    await page.goto(PAGES.emailChange);
    return new EmailScreen(page);
  }
}

export class EmailConfirmScreen extends Shell {
  readonly address = this.main.locator('.big');
  readonly password = this.field('current_password');
  readonly submit = this.main.locator(buttonTo(FORMS.emailConfirm));

  static async open(page: Page, link: URL): Promise<EmailConfirmScreen> {
    await page.goto(link.href);
    return new EmailConfirmScreen(page);
  }
}

export class EmailUndoScreen extends Shell {
  readonly submit = this.main.locator(buttonTo(FORMS.emailUndo));

  static async open(page: Page, link: URL): Promise<EmailUndoScreen> {
    await page.goto(link.href);
    return new EmailUndoScreen(page);
  }
}
