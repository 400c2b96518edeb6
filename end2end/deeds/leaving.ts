// Leaving, and having one's data prepared.
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import { PATIENCE_MS } from '../fixtures/mail';
import type { Site } from '../fixtures/server';
import { MyDataScreen, WithdrawnScreen, WithdrawScreen } from '../screens/leaving';
import { expectPath } from '../screens/shell';

/** Ticks and presses; the number that is left. */
export async function withdraw(page: Page): Promise<string> {
  const screen = await WithdrawScreen.open(page);
  await screen.agree.check();
  await screen.submit.click();
  await expectPath(page, '/withdrawn');
  const receipt = new WithdrawnScreen(page).receipt;
  await expect(receipt).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return (await receipt.textContent()) ?? '';
}

/** Asks for the copy and waits for its letter. */
export async function prepareData(page: Page, site: Site, address: string): Promise<MyDataScreen> {
  const screen = await MyDataScreen.open(page);
  const told = () => site.mail.arrivedAt(address).filter(({ text }) => text.includes('/account/data')).length;
  const before = told();
  await screen.prepare.click();
  await expect(screen.building.or(screen.ready).first()).toBeVisible();
  await expect.poll(told, { timeout: PATIENCE_MS }).toBeGreaterThan(before);
  await page.goto('/account/data');
  await expect(screen.ready).toBeVisible();
  return screen;
}

/** What a link downloads, as text. */
export async function downloaded(page: Page, link: Locator): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}
