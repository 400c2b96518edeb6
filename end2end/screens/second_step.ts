// /sign-in/second-step, its settings under /account/second-step, and /account/confirm.
import type { Page } from '@playwright/test';
import { Shell } from './shell';

/** The exact sentences and labels of MP-48, MP-49, MP-57 and MP-43. */
export const CODE_WRONG = 'ワンタイムパスワードが正しくありません。';
export const RESEND = 'ワンタイムパスワードが取得できませんでしたか?';
export const TRUST = '信頼済み端末として登録する';
export const METHODS = 'ワンタイムパスワードの設定';

export class SecondStepScreen extends Shell {
  readonly code = this.field('code');
  readonly trust = this.field('trust');
  readonly form = this.main.locator('form[action="/sign-in/second-step"]');
  readonly submit = this.form.locator('button[type="submit"]');
  readonly send = this.main.locator('form[action="/sign-in/second-step/resend"] button');
  readonly resend = this.main.locator('a[href^="/sign-in/second-step/resend"]');
  readonly until = this.main.locator('.until');

  other(method: string) {
    return this.main.locator(`a[href*="by=${method}"]`);
  }
}

export class SecondFactorScreen extends Shell {
  readonly methods = this.main.getByRole('heading', { name: METHODS });
  readonly addApp = this.main.locator('a[href="/account/second-step/app"]');
  readonly addMail = this.main.locator('a[href="/account/second-step/mail"]');
  readonly makeCodes = this.main.locator('a[href="/account/second-step/backup-codes"]');
  readonly removeApp = this.main.locator('form[action="/account/second-step/remove-app"] button');
  readonly removeMail = this.main.locator('form[action="/account/second-step/remove-mail"] button');
  readonly forget = this.main.locator('form[action="/account/second-step/forget-browser"] button');
  readonly forgetAll = this.main.locator('form[action="/account/second-step/forget-browsers"] button');
  readonly nothing = this.main.locator('.notice--warning');
  readonly toSwitch = this.main.locator('a[href="/account/security"].button');

  static async open(page: Page): Promise<SecondFactorScreen> {
    await page.goto('/account/second-step');
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
  readonly save = this.main.locator('form[action="/account/second-step/app"] button[type="submit"]');
}

export class MailSetUpScreen extends Shell {
  readonly send = this.main.locator('form[action="/account/second-step/mail/send"] button');
  readonly code = this.field('code');
  readonly save = this.main.locator('form[action="/account/second-step/mail"] button[type="submit"]');
}

export class BackupCodesScreen extends Shell {
  readonly codes = this.main.locator('.codes li');
  readonly download = this.main.locator('a[download]');
  readonly keep = this.main.locator('form[action="/account/second-step/backup-codes"] button');
}

export class ConfirmScreen extends Shell {
  readonly password = this.field('password');
  readonly code = this.field('code');
  readonly byApp = this.main.locator('summary');
  readonly submit = this.main.locator('form[action="/account/confirm"] button[type="submit"]');
}
