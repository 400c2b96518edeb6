// /sign-in: fields, buttons, words.
import type { Page } from '@playwright/test';
import { PAGES } from './addresses';
import { linkTo, Shell } from './shell';

/** The exact sentences of MP-22 and MP-23. */
export const NOT_ACCEPTED = 'ユーザID(メールアドレス)またはパスワードが正しくありません。';
export const NOT_AN_ADDRESS = 'ユーザID(メールアドレス) は有効なメールアドレスではありません。ご確認の上再度入力してください。';

/** MP-21, MP-26, MP-01 as labelled in the source. */
export const LABELS = {
  email: 'ユーザID(メールアドレス)',
  remember: '次回から自動ログインする',
  register: 'Tegataをお持ちでない方はこちら',
  forgotten: 'パスワードをお忘れの方はこちら',
};

export class SignInScreen extends Shell {
  readonly email = this.field('email');
  readonly password = this.field('password');
  /** By its id: the form of the passkey has a hidden one of that name. */
  readonly remember = this.main.locator('#remember');
  readonly form = this.main.locator('form').filter({ has: this.page.locator('[name="password"]') });
  readonly submit = this.form.locator('button[type="submit"]');
  readonly registerLink = this.main.locator(linkTo(PAGES.register)).first();
  readonly forgottenLink = this.main.locator(linkTo(PAGES.passwordReset)).filter({ hasText: /忘れ|[Ff]org/ }).first();

  static async open(page: Page, query = ''): Promise<SignInScreen> {
    await page.goto(`${PAGES.signIn}${query}`);
    return new SignInScreen(page);
  }
}
