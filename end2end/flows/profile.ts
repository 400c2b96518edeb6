// Changing the profile and the password.
import type { Page } from '@playwright/test';
import { expectDone } from '../screens/shell';
import { ProfileScreen } from '../screens/profile';

export async function submitPasswordChange(page: Page, current: string, next: string, again = next): Promise<ProfileScreen> {
  const screen = await ProfileScreen.open(page);
  await screen.currentPassword.fill(current);
  await screen.newPassword.fill(next);
  await screen.newPasswordConfirm.fill(again);
  await screen.savePassword.click();
  return screen;
}

export async function changePassword(page: Page, current: string, next: string): Promise<void> {
  await submitPasswordChange(page, current, next);
  await expectDone(page, /^\/account/);
}

export async function saveProfile(screen: ProfileScreen): Promise<void> {
  await screen.save.click();
  await expectDone(screen.page, /^\/account/);
}
