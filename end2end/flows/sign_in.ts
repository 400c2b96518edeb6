// Signing in and out.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { MenuScreen } from '../screens/menu';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

export interface Credentials {
  email: string;
  password: string;
}

/** Fills in and sends the form. The story checks what follows. */
export async function submitSignIn(page: Page, who: Credentials, query = ''): Promise<SignInScreen> {
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
  await expectDone(page, PAGES.signIn, 'signed-out');
}

export async function expectSignedIn(page: Page): Promise<void> {
  await expectPath(page, PAGES.home);
  await expect(new MenuScreen(page).rows).toHaveCount(9);
}

export async function expectSignedOut(page: Page): Promise<void> {
  await page.goto(PAGES.home);
  await expectPath(page, PAGES.signIn);
}

/** Acts as a browser that was closed and started: session cookies are gone, the others stay. */
export async function restartBrowser(context: BrowserContext): Promise<void> {
  for (const cookie of await context.cookies()) {
    if (cookie.expires === -1) await context.clearCookies({ name: cookie.name });
  }
}
