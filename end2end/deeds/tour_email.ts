// The screens of メールアドレスの変更, for the tour.
import { expect, type Page } from '@playwright/test';
import { anAddress } from '../fixtures/member';
import type { Member } from '../fixtures/member';
import type { Site } from '../fixtures/server';
import { EmailConfirmScreen, EmailScreen, EmailUndoScreen } from '../screens/email_change';
import { expectDeadLink } from './alerts';
import { askFor, confirmByLink, confirmingLink, undoChange, undoingLink } from './email_change';
import { setUpMail, turnOn } from './second_step';
import type { Stop } from './tour';

/** The same browser comes back as a visitor, with its language. */
async function asVisitor(page: Page): Promise<void> {
  const language = (await page.context().cookies()).filter((cookie) => cookie.name === 'lang');
  await page.context().clearCookies();
  await page.context().addCookies(language);
}

async function refused(page: Page): Promise<void> {
  await expect(page.locator('main [aria-invalid="true"]').first()).toBeVisible();
}

/** Asked for; the link of the letter to the new address. */
async function asked(page: Page, site: Site): Promise<URL> {
  const next = anAddress();
  await askFor(page, next);
  return confirmingLink(site, next);
}

/** Done; the page of the letter that the old address got before. */
async function undoing(page: Page, site: Site, member: Member): Promise<URL> {
  await confirmByLink(page, await asked(page, site));
  await asVisitor(page);
  return undoingLink(site, member.email);
}

export const EMAIL: readonly Stop[] = [
  {
    name: 'email-change',
    seenBy: 'member',
    go: async (page) => void (await expect((await EmailScreen.open(page)).submit).toBeVisible()),
  },
  {
    name: 'email-change-refused',
    seenBy: 'member',
    go: async (page) => {
      const screen = await EmailScreen.open(page);
      await screen.email.fill('not an address');
      await screen.submit.click();
      await refused(page);
    },
  },
  {
    name: 'email-change-waiting',
    seenBy: 'member',
    go: async (page) => {
      const screen = await askFor(page, anAddress());
      await screen.code.fill('12');
      await screen.complete.click();
      await refused(page);
    },
  },
  {
    name: 'email-change-mail-factor',
    seenBy: 'member',
    go: async (page, site, member) => {
      await turnOn(page);
      await setUpMail(page, site.mail, member.email);
      await expect((await EmailScreen.open(page)).toSecondStep).toBeVisible();
    },
  },
  {
    name: 'email-confirm',
    seenBy: 'member',
    go: async (page, site) => {
      const link = await asked(page, site);
      await expect((await EmailConfirmScreen.open(page, link)).submit).toBeVisible();
    },
  },
  {
    name: 'email-confirm-elsewhere',
    seenBy: 'member',
    go: async (page, site) => {
      const link = await asked(page, site);
      await asVisitor(page);
      await (await EmailConfirmScreen.open(page, link)).submit.click();
      await refused(page);
    },
  },
  {
    name: 'email-confirmed',
    seenBy: 'member',
    go: async (page, site) => confirmByLink(page, await asked(page, site)),
  },
  {
    name: 'email-stop',
    seenBy: 'member',
    go: async (page, site, member) => {
      await asked(page, site);
      await asVisitor(page);
      await expect((await EmailUndoScreen.open(page, await undoingLink(site, member.email))).submit).toBeVisible();
    },
  },
  {
    name: 'email-undo',
    seenBy: 'member',
    go: async (page, site, member) => {
      await expect((await EmailUndoScreen.open(page, await undoing(page, site, member))).submit).toBeVisible();
    },
  },
  {
    name: 'email-undone',
    seenBy: 'member',
    go: async (page, site, member) => undoChange(page, await undoing(page, site, member)),
  },
  {
    name: 'email-link-useless',
    seenBy: 'anyone',
    go: async (page, site) => expectDeadLink(page, `${site.url}/email-change/undo?t=none`),
  },
];
