// Changing the address, and taking the change back.
import { expect, type Page } from '@playwright/test';
import { PATIENCE_MS, type Letter } from '../fixtures/mail';
import type { Site } from '../fixtures/server';
import { EmailConfirmScreen, EmailScreen, EmailUndoScreen } from '../screens/email_change';
import { expectDone } from '../screens/shell';
import { linkIn } from './letters';

/** Asks for a new address; the browser is signed in, and proved so within ten minutes. */
export async function askFor(page: Page, email: string): Promise<EmailScreen> {
  const screen = await EmailScreen.open(page);
  await screen.email.fill(email);
  await screen.submit.click();
  await expectDone(page, '/account/email', 'asked');
  await expect(screen.waiting).toHaveText(email);
  return screen;
}

const read = new Map<string, number>();

/** Waits for a letter whose link leads to a page and that was not read yet; other letters may arrive around it. */
export async function letterTo(site: Site, address: string, page: string): Promise<Letter> {
  const box = `${site.url} ${address} ${page}`;
  const letters = () => site.mail.arrivedAt(address).filter((letter) => letter.text.includes(`${page}?t=`));
  const before = read.get(box) ?? 0;
  await expect.poll(() => letters().length, { message: `a letter to ${address} that leads to ${page}`, timeout: PATIENCE_MS }).toBeGreaterThan(before);
  read.set(box, letters().length);
  return letters().at(-1)!;
}

/** The link of the letter to the new address. */
export async function confirmingLink(site: Site, address: string): Promise<URL> {
  return linkIn(await letterTo(site, address, '/account/email/confirm'), site.url);
}

/** The link of the next letter to the old address. */
export async function undoingLink(site: Site, address: string): Promise<URL> {
  return linkIn(await letterTo(site, address, '/email-change/undo'), site.url);
}

/** Presses the button; where nobody is signed in, with the password. */
export async function confirmByLink(page: Page, link: URL, password?: string): Promise<void> {
  const screen = await EmailConfirmScreen.open(page, link);
  if (password !== undefined) await screen.password.fill(password);
  await screen.submit.click();
  await expectDone(page, '/account/email/confirm', 'changed');
}

export async function undoChange(page: Page, link: URL): Promise<void> {
  const screen = await EmailUndoScreen.open(page, link);
  await screen.submit.click();
  await expectDone(page, '/email-change/undo', 'undone');
}
