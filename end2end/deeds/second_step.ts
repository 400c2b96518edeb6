// Turning 2-step verification on, setting methods up, and passing the second step.
import { expect, type Page } from '@playwright/test';
import type { Mailboxes } from '../fixtures/mail';
import { AppSetUpScreen, MailSetUpScreen, SecondFactorScreen, SecondStepScreen } from '../screens/second_step';
import { expectDone, expectPath } from '../screens/shell';
import { Authenticator } from './authenticator';
import { codeIn } from './letters';
import { trySignIn, type Credentials } from './sign_in';

/** 「2段階認証サービス」: 利用する. The browser is signed in, and proved so within ten minutes. */
export async function turnOn(page: Page): Promise<SecondFactorScreen> {
  await page.goto('/account/security');
  const form = page.locator('main form[action="/account/security/second-step"]');
  await form.locator('[name="switch"][value="on"]').check();
  await form.locator('button[type="submit"]').click();
  await expectDone(page, '/account/second-step', 'on');
  return new SecondFactorScreen(page);
}

/** Sets an app up as its member would: types the key, confirms the first code. */
export async function setUpApp(page: Page, label = ''): Promise<Authenticator> {
  const list = await SecondFactorScreen.open(page);
  await list.addApp.click();
  const screen = new AppSetUpScreen(page);
  const app = new Authenticator((await screen.key.textContent()) ?? '');
  await screen.code.fill(app.code());
  await screen.label.fill(label);
  await screen.save.click();
  await expectDone(page, '/account/second-step', 'app-added');
  return app;
}

/** Sets mail up with the code of the letter. */
export async function setUpMail(page: Page, mail: Mailboxes, address: string): Promise<void> {
  const list = await SecondFactorScreen.open(page);
  await list.addMail.click();
  const screen = new MailSetUpScreen(page);
  await screen.send.click();
  await expectDone(page, '/account/second-step/mail', 'sent');
  await screen.code.fill(codeIn(await letterWithCode(mail, address)));
  await screen.save.click();
  await expectDone(page, '/account/second-step', 'mail-added');
}

/** The password is right; the second step is asked for. */
export async function firstStep(page: Page, who: Credentials): Promise<SecondStepScreen> {
  await trySignIn(page, who);
  await expectPath(page, '/sign-in/second-step');
  const screen = new SecondStepScreen(page);
  await expect(screen.heading).toBeVisible();
  return screen;
}

/** The newest letter with a code; letters that tell of changes may come before it. */
export async function letterWithCode(mail: Mailboxes, address: string) {
  for (;;) {
    const letter = await mail.letterTo(address);
    if (/^[ \t\u3000]*\d{6}[ \t]*\r?$/m.test(letter.text)) return letter;
  }
}
