// How a test knows that scripts are in charge of a page, and that the page was not loaded again.
import { expect, type Page } from '@playwright/test';

/** The page marks itself when its scripts have taken over. Before that, everything works as without script. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', /.*/);
}

export async function markDocument(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
}

export function sameDocument(page: Page): Promise<boolean> {
  return page.evaluate(() => 'sameDocument' in window);
}
