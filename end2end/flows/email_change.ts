// Changing the email address, and reverting the change.
import { expect, type Page } from '@playwright/test';
import { EMAIL_TIMEOUT_MS, type Email } from '../fixtures/mail';
import type { Site } from '../fixtures/server';
import { PAGES } from '../screens/addresses';
import { EmailConfirmScreen, EmailScreen, EmailUndoScreen } from '../screens/email_change';
import { expectDone } from '../screens/shell';
import { linkIn } from './emails';

/** Asks for a new address. The browser has to be signed in and recently authenticated. */
export async function requestEmailChange(page: Page, email: string): Promise<EmailScreen> {
  const screen = await EmailScreen.open(page);
  await screen.email.fill(email);
  await screen.submit.click();
  await expectDone(page, PAGES.emailChange, 'asked');
  await expect(screen.waiting).toHaveText(email);
  return screen;
}

const read = new Map<string, number>();

/** Waits for an unread email with a link to a page; other emails may arrive before and after it. */
export async function emailTo(site: Site, address: string, page: string): Promise<Email> {
  const box = `${site.url} ${address} ${page}`;
  const emails = () => site.mail.received(address).filter((email) => email.text.includes(`${page}?t=`));
  const before = read.get(box) ?? 0;
  await expect.poll(() => emails().length, { message: `an email to ${address} that leads to ${page}`, timeout: EMAIL_TIMEOUT_MS }).toBeGreaterThan(before);
  read.set(box, emails().length);
  return emails().at(-1)!;
}

/** The link of the email to the new address. */
export async function confirmationLink(site: Site, address: string): Promise<URL> {
  return linkIn(await emailTo(site, address, PAGES.emailConfirm), site.url);
}

/** The link of the next email to the old address. */
export async function revertLink(site: Site, address: string): Promise<URL> {
  return linkIn(await emailTo(site, address, PAGES.emailUndo), site.url);
}

/** Presses the button; a browser that is not signed in needs the password. */
export async function confirmByLink(page: Page, link: URL, password?: string): Promise<void> {
  const screen = await EmailConfirmScreen.open(page, link);
  if (password !== undefined) await screen.password.fill(password);
  await screen.submit.click();
  await expectDone(page, PAGES.emailConfirm, 'changed');
}

export async function revertEmailChange(page: Page, link: URL): Promise<void> {
  const screen = await EmailUndoScreen.open(page, link);
  await screen.submit.click();
  await expectDone(page, PAGES.emailUndo, 'undone');
}
