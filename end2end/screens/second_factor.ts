// /sign-in/second-step, its settings under /account/second-step, and /account/confirm.
import type { Page } from '@playwright/test';
import { FORMS, PAGES } from './addresses';
import { buttonTo, formTo, linkTo, Shell } from './shell';

/** The exact sentences and labels of MP-48, MP-49, MP-57 and MP-43. */
export const CODE_WRONG = 'ワンタイムパスワードが正しくありません。';
export const RESEND = 'ワンタイムパスワードが取得できませんでしたか?';
export const TRUST = '信頼済み端末として登録する';
export const METHODS = 'ワンタイムパスワードの設定';

export class ChallengeScreen extends Shell {
  readonly code = this.field('code');
  readonly trust = this.field('trust');
  readonly form = this.main.locator(formTo(FORMS.signInSecondFactor));
  readonly submit = this.form.locator('button[type="submit"]');
  readonly send = this.main.locator(buttonTo(FORMS.signInResend));
  readonly resend = this.main.locator(`a[href^="${PAGES.signInResend}"]`);
  readonly until = this.main.locator('.until');

  other(method: string) {
    return this.main.locator(`a[href*="by=${method}"]`);
  }
}

export class SecondFactorScreen extends Shell {
  readonly methods = this.main.getByRole('heading', { name: METHODS });
  readonly addApp = this.main.locator(linkTo(PAGES.secondFactorApp));
  readonly addMail = this.main.locator(linkTo(PAGES.secondFactorMail));
  readonly makeCodes = this.main.locator(linkTo(PAGES.backupCodes));
  readonly removeApp = this.main.locator(buttonTo(FORMS.secondFactorRemoveApp));
  readonly removeMail = this.main.locator(buttonTo(FORMS.secondFactorRemoveMail));
  readonly forget = this.main.locator(buttonTo(FORMS.secondFactorForgetBrowser));
  readonly forgetAll = this.main.locator(buttonTo(FORMS.secondFactorForgetBrowsers));
  readonly nothing = this.main.locator('.notice--warning');
  readonly toSwitch = this.main.locator(`${linkTo(PAGES.security)}.button`);

  static async open(page: Page): Promise<SecondFactorScreen> {
    await page.goto(PAGES.secondFactor);
    return new SecondFactorScreen(page);
  }
}

export class AppSetUpScreen extends Shell {
  readonly qr = this.main.locator('.qr svg');
  readonly link = this.main.locator('a[href^="otpauth:"]');
  readonly typeKey = this.main.locator('summary');
  readonly key = this.main.locator('.key');
  readonly code = this.field('code');
  readonly label = this.field('label');
  readonly save = this.main.locator(buttonTo(FORMS.secondFactorApp));
}

export class MailSetUpScreen extends Shell {
  readonly send = this.main.locator(buttonTo(FORMS.secondFactorMailSend));
  readonly code = this.field('code');
  readonly save = this.main.locator(buttonTo(FORMS.secondFactorMail));
}

export class BackupCodesScreen extends Shell {
  readonly codes = this.main.locator('.codes li');
  readonly download = this.main.locator('a[download]');
  readonly keep = this.main.locator(buttonTo(FORMS.backupCodes));
}

export class ReauthenticationScreen extends Shell {
  readonly password = this.field('password');
  readonly code = this.field('code');
  readonly byApp = this.main.locator('summary');
  readonly submit = this.main.locator(buttonTo(FORMS.confirm));
}
