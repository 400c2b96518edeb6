// /password/reset: which account; /password/reset/sent: the email's code; /password/reset/new: the new password.
import type { Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, formTo, Shell } from './shell';

export class ResetScreen extends Shell {
  readonly email = this.field('email');
  readonly submit = this.main.locator(buttonTo(FORMS.passwordReset));

  static async open(page: Page): Promise<ResetScreen> {
    await page.goto(PAGES.passwordReset);
    return new ResetScreen(page);
  }
}

export class ResetSentScreen extends Shell {
  readonly code = this.field('code');
  readonly submit = this.main.locator(buttonTo(FORMS.passwordResetCode));
  readonly again = this.main.locator(buttonTo(FORMS.passwordResetAgain));
}

export class NewPasswordScreen extends Shell {
  readonly newPassword = this.field('new_password');
  readonly newPasswordConfirm = this.field('new_password_confirm');
  readonly form = this.main.locator(formTo(FORMS.passwordResetNew));
  readonly rules = this.form.locator('.rules > [data-state]');
  readonly submit = this.form.locator('button[type="submit"]');
  readonly causes = this.main.locator('li');

  static async open(page: Page, link: URL): Promise<NewPasswordScreen> {
    await page.goto(link.href);
    return new NewPasswordScreen(page);
  }
}
