// /password/reset: which account; /password/reset/sent: the letter's code; /password/reset/new: the new password.
import type { Page } from '@playwright/test';
import { Shell } from './shell';

export class ResetScreen extends Shell {
  readonly email = this.field('email');
  readonly submit = this.main.locator('form[action^="/password/reset"] button[type="submit"]');

  static async open(page: Page): Promise<ResetScreen> {
    await page.goto('/password/reset');
    return new ResetScreen(page);
  }
}

export class ResetSentScreen extends Shell {
  readonly code = this.field('code');
  readonly submit = this.main.locator('form[action^="/password/reset/code"] button[type="submit"]');
  readonly again = this.main.locator('form[action^="/password/reset/again"] button[type="submit"]');
}

export class NewPasswordScreen extends Shell {
  readonly newPassword = this.field('new_password');
  readonly newPasswordConfirm = this.field('new_password_confirm');
  readonly form = this.main.locator('form[action^="/password/reset/new"]');
  readonly rules = this.form.locator('.rules > [data-state]');
  readonly submit = this.form.locator('button[type="submit"]');
  readonly causes = this.main.locator('li');

  static async open(page: Page, link: URL): Promise<NewPasswordScreen> {
    await page.goto(link.href);
    return new NewPasswordScreen(page);
  }
}
