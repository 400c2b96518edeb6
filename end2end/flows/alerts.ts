// Answering security emails.
import { expect, type Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { AlertScreen } from '../screens/alerts';
import { chooseNewPassword } from './password_reset';
import { expectDone, expectPath } from '../screens/shell';

/** "It was not me": the page says what was done, and what to do next. */
export async function reportNotMe(page: Page, link: URL): Promise<void> {
  const screen = await AlertScreen.open(page, link);
  await screen.notMine.click();
  await expectDone(page, PAGES.alert, 'not-mine');
}

export async function setNewPassword(page: Page, link: URL, password: string): Promise<void> {
  await page.goto(link.href);
  await chooseNewPassword(page, password);
}

/** One page for every link that does not work, with three causes and no form. */
export async function expectInvalidLink(page: Page, link: URL | string): Promise<void> {
  const address = new URL(link, page.url());
  await page.goto(address.href);
  await expectPath(page, address.pathname);
  const screen = new AlertScreen(page);
  await expect(screen.causes).toHaveCount(3);
  await expect(screen.main.locator('form')).toHaveCount(0);
}
