// Coming in and going out.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { MenuScreen } from '../screens/menu';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

export interface Credentials {
  email: string;
  password: string;
}

/** Types and sends; what follows is the story's to judge. */
export async function trySignIn(page: Page, who: Credentials, query = ''): Promise<SignInScreen> {
  const screen = await SignInScreen.open(page, query);
  await screen.email.fill(who.email);
  await screen.password.fill(who.password);
  await screen.submit.click();
  return screen;
}

export async function signIn(page: Page, who: Credentials, options: { remember?: boolean } = {}): Promise<void> {
  const screen = await SignInScreen.open(page);
  await screen.email.fill(who.email);
  await screen.password.fill(who.password);
  if (options.remember) await screen.remember.check();
  await screen.submit.click();
  await expectSignedIn(page);
}

export async function signOut(page: Page): Promise<void> {
  const menu = await MenuScreen.open(page);
  await menu.signOut.click();
  await expectDone(page, '/sign-in', 'signed-out');
}

export async function expectSignedIn(page: Page): Promise<void> {
  await expectPath(page, '/');
  await expect(new MenuScreen(page).rows).toHaveCount(9);
}

export async function expectSignedOut(page: Page): Promise<void> {
  await page.goto('/');
  await expectPath(page, '/sign-in');
}

/** What closing the browser does: cookies without an end are gone, the others stay. */
export async function closeAndOpenAgain(context: BrowserContext): Promise<void> {
  for (const cookie of await context.cookies()) {
    if (cookie.expires === -1) await context.clearCookies({ name: cookie.name });
  }
}
