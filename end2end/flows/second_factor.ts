// Turning 2-step verification on, setting its methods up, and passing the second step.
import { expect, type Page } from '@playwright/test';
import type { Mailboxes } from '../fixtures/mail';
import { FORMS, PAGES } from '../screens/addresses';
import { AppSetUpScreen, MailSetUpScreen, SecondFactorScreen, ChallengeScreen } from '../screens/second_factor';
import { expectDone, expectPath, formTo } from '../screens/shell';
import { Authenticator } from './authenticator';
import { codeIn } from './emails';
import { submitSignIn, type Credentials } from './sign_in';

/** 「2段階認証サービス」: 利用する. The browser has to be signed in and recently authenticated. */
export async function enableSecondFactor(page: Page): Promise<SecondFactorScreen> {
  await page.goto(PAGES.security);
  const form = page.locator(`main ${formTo(FORMS.securitySecondFactor)}`);
  await form.locator('[name="switch"][value="on"]').check();
  await form.locator('button[type="submit"]').click();
  await expectDone(page, PAGES.secondFactor, 'on');
  return new SecondFactorScreen(page);
}

/** Sets an app up: types the key and confirms the first code. */
export async function setUpApp(page: Page, label = ''): Promise<Authenticator> {
  const list = await SecondFactorScreen.open(page);
  await list.addApp.click();
  const screen = new AppSetUpScreen(page);
  const app = new Authenticator((await screen.key.textContent()) ?? '');
  await screen.code.fill(app.code());
  await screen.label.fill(label);
  await screen.save.click();
  await expectDone(page, PAGES.secondFactor, 'app-added');
  return app;
}

/** Sets mail up with the code of the email. */
export async function setUpMail(page: Page, mail: Mailboxes, address: string): Promise<void> {
  const list = await SecondFactorScreen.open(page);
  await list.addMail.click();
  const screen = new MailSetUpScreen(page);
  await screen.send.click();
  await expectDone(page, PAGES.secondFactorMail, 'sent');
  await screen.code.fill(codeIn(await emailWithCode(mail, address)));
  await screen.save.click();
  await expectDone(page, PAGES.secondFactor, 'mail-added');
}

/** The password is right; the second step is asked for. */
export async function passFirstFactor(page: Page, who: Credentials): Promise<ChallengeScreen> {
  await submitSignIn(page, who);
  await expectPath(page, PAGES.signInSecondFactor);
  const screen = new ChallengeScreen(page);
  await expect(screen.heading).toBeVisible();
  return screen;
}

/** The newest email with a code; notifications of changes may come before it. */
export async function emailWithCode(mail: Mailboxes, address: string) {
  for (;;) {
    const email = await mail.emailTo(address);
    if (/^[ \t\u3000]*\d{6}[ \t]*\r?$/m.test(email.text)) return email;
  }
}
