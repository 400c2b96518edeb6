// /alert: was it you? And /password/reset/new: the new password, by letter.
import type { Page } from '@playwright/test';
import { Shell } from './shell';

export class AlertScreen extends Shell {
  readonly facts = this.main.locator('dl.facts');
  readonly mine = this.main.locator('form[action^="/alert/mine"] button[type="submit"]');
  readonly notMine = this.main.locator('form[action^="/alert/not-mine"] button[type="submit"]');
  /** A link that is of no use: three causes. */
  readonly causes = this.main.locator('li');

  static async open(page: Page, link: URL): Promise<AlertScreen> {
    await page.goto(link.href);
    return new AlertScreen(page);
  }
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
