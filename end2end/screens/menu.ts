// /: the nine items (MP-100) and the last sign-in.
import type { Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, linkTo, Shell } from './shell';

/** MP-100, in its order. */
export const NINE = [
  '会員情報参照',
  'メールアドレスの変更',
  '会員情報の変更',
  '利用サービスの一覧',
  'SNSアカウント連携',
  '認証ポリシー管理',
  'ログイン履歴',
  'Tegataを退会',
  'ログアウト',
];

export const LAST_SIGN_IN = /前回のログイン|最終ログイン|[Ll]ast sign-?in|[Ll]ast signed in/;
/** How a page of a later release says that it is not there yet. */
export const NOT_AVAILABLE = /ご利用いただけません|利用できません|準備中|not available/i;

export class MenuScreen extends Shell {
  readonly rows = this.main.locator('.rows > li');
  readonly links = this.main.locator('.rows a[href]');
  readonly accountLink = this.main.locator(`.rows ${linkTo(PAGES.account)}`);
  readonly profileLink = this.main.locator(`.rows ${linkTo(PAGES.profile)}`);
  readonly signOut = this.main.locator(buttonTo(FORMS.signOut));
  readonly lastSignIn = this.main.getByText(LAST_SIGN_IN).first();

  static async open(page: Page): Promise<MenuScreen> {
    await page.goto(PAGES.home);
    return new MenuScreen(page);
  }
}
