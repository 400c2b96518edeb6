// Coming back by letter.
import { expect, type Page } from '@playwright/test';
import { NewPasswordScreen, ResetScreen, ResetSentScreen } from '../screens/password_reset';
import { expectDone, expectPath } from '../screens/shell';

/** Asks for the letter, as far as the page that waits for its code. */
export async function askForReset(page: Page, email: string): Promise<ResetSentScreen> {
  const screen = await ResetScreen.open(page);
  await screen.email.fill(email);
  await screen.submit.click();
  await expectPath(page, '/password/reset/sent');
  const sent = new ResetSentScreen(page);
  await expect(sent.main).toContainText(email);
  return sent;
}

/** On the page for the new password. */
export async function chooseNewPassword(page: Page, password: string): Promise<void> {
  await expectPath(page, '/password/reset/new');
  const screen = new NewPasswordScreen(page);
  await screen.newPassword.fill(password);
  await screen.newPasswordConfirm.fill(password);
  await screen.submit.click();
  await expectDone(page, '/sign-in', 'password-reset');
}
