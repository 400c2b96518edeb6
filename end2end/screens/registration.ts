// /register and what follows it: fields, buttons, words.
import type { Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, formTo, linkTo, Shell } from './shell';

/** The exact sentences of MP-13 to MP-15. */
export const PASSWORD_HAS = {
  givenName: 'パスワードに名前を含めてはいけません',
  familyName: 'パスワードに名字を含めてはいけません',
  userId: 'パスワードにユーザIDを含めてはいけません',
};

export class RegistrationScreen extends Shell {
  readonly email = this.field('email');
  readonly password = this.field('password');
  readonly familyName = this.field('family_name');
  readonly givenName = this.field('given_name');
  readonly familyNameKana = this.field('family_name_kana');
  readonly givenNameKana = this.field('given_name_kana');
  readonly birthYear = this.field('birth_year');
  readonly birthMonth = this.field('birth_month');
  readonly birthDay = this.field('birth_day');
  readonly singleName = this.field('single_name');
  readonly terms = this.field('terms');
  readonly form = this.main.locator('form').filter({ has: this.page.locator('[name="terms"]') });
  readonly termsLink = this.form.locator(`a[href^="${PAGES.terms}"]`).first();
  readonly submit = this.form.locator('button[type="submit"]');
  /** The password's rules as a list whose entries change while one types. */
  readonly rules = this.form.locator('.rules > [data-state]');

  static async open(page: Page): Promise<RegistrationScreen> {
    await page.goto(PAGES.register);
    return new RegistrationScreen(page);
  }
}

/** /register/sent: the email is on its way. */
export class SentScreen extends Shell {
  readonly code = this.field('code');
  readonly codeForm = this.main.locator('form').filter({ has: this.page.locator('[name="code"]') });
  readonly submitCode = this.codeForm.locator('button[type="submit"]');
  readonly resend = this.main.locator(buttonTo(FORMS.registerResend));
  readonly mailHelp = this.main.locator(linkTo(PAGES.helpEmail));
}

/** /register/complete: what the link in the email opens. */
export class CompleteScreen extends Shell {
  readonly form = this.main.locator(formTo(FORMS.registerComplete));
  readonly password = this.field('password');
  readonly submit = this.form.locator('button[type="submit"]');
  /** MP-09: three causes in a list, and the way to begin again. */
  readonly causes = this.main.locator('li');
  readonly restart = this.main.locator(linkTo(PAGES.register)).first();
}
