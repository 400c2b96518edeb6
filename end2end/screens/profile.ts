// /account/profile: two forms, the profile and the password.
import type { Page } from '@playwright/test';
import { PAGES } from './addresses';
import { Shell } from './shell';

export class ProfileScreen extends Shell {
  readonly familyName = this.field('family_name');
  readonly givenName = this.field('given_name');
  readonly familyNameKana = this.field('family_name_kana');
  readonly givenNameKana = this.field('given_name_kana');
  readonly birthYear = this.field('birth_year');
  readonly birthMonth = this.field('birth_month');
  readonly birthDay = this.field('birth_day');
  readonly phone = this.field('phone');
  readonly form = this.main.locator('form').filter({ has: this.page.locator('[name="family_name"]') });
  readonly save = this.form.locator('button[type="submit"]');

  readonly currentPassword = this.field('current_password');
  readonly newPassword = this.field('new_password');
  readonly newPasswordConfirm = this.field('new_password_confirm');
  readonly passwordForm = this.main.locator('form').filter({ has: this.page.locator('[name="current_password"]') });
  readonly savePassword = this.passwordForm.locator('button[type="submit"]');

  static async open(page: Page): Promise<ProfileScreen> {
    await page.goto(PAGES.profile);
    return new ProfileScreen(page);
  }
}
