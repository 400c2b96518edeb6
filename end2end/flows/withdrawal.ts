// Withdrawal and the data export.
import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import { EMAIL_TIMEOUT_MS } from '../fixtures/mail';
import type { Site } from '../fixtures/server';
import { PAGES } from '../screens/addresses';
import { DataExportScreen, WithdrawnScreen, WithdrawScreen } from '../screens/withdrawal';
import { expectPath } from '../screens/shell';

/** Confirms and sends the form. Returns the receipt number. */
export async function withdraw(page: Page): Promise<string> {
  const screen = await WithdrawScreen.open(page);
  await screen.agree.check();
  await screen.submit.click();
  await expectPath(page, PAGES.withdrawn);
  const receipt = new WithdrawnScreen(page).receipt;
  await expect(receipt).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return (await receipt.textContent()) ?? '';
}

/** Requests the export and waits for its email. */
export async function requestDataExport(page: Page, site: Site, address: string): Promise<DataExportScreen> {
  const screen = await DataExportScreen.open(page);
  const received = () => site.mail.received(address).filter(({ text }) => text.includes(PAGES.dataExport)).length;
  const before = received();
  await screen.prepare.click();
  await expect(screen.building.or(screen.ready).first()).toBeVisible();
  await expect.poll(received, { timeout: EMAIL_TIMEOUT_MS }).toBeGreaterThan(before);
  await page.goto(PAGES.dataExport);
  await expect(screen.ready).toBeVisible();
  return screen;
}

/** What a link downloads, as text. */
export async function download(page: Page, link: Locator): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}
