// Resetting the password by email.
import { expect, type Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { NewPasswordScreen, ResetScreen, ResetSentScreen } from '../screens/password_reset';
import { expectDone, expectPath } from '../screens/shell';

/** Requests the email, up to the page that asks for its code. */
export async function requestReset(page: Page, email: string): Promise<ResetSentScreen> {
  const screen = await ResetScreen.open(page);
  await screen.email.fill(email);
  await screen.submit.click();
  await expectPath(page, PAGES.passwordResetSent);
  const sent = new ResetSentScreen(page);
  await expect(sent.main).toContainText(email);
  return sent;
}

/** On the page for the new password. */
export async function chooseNewPassword(page: Page, password: string): Promise<void> {
  await expectPath(page, PAGES.passwordResetNew);
  const screen = new NewPasswordScreen(page);
  await screen.newPassword.fill(password);
  await screen.newPasswordConfirm.fill(password);
  await screen.submit.click();
  await expectDone(page, PAGES.signIn, 'password-reset');
}
