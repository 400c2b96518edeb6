// The screens of メールアドレスの変更, for the tour.
import { expect, type Page } from '@playwright/test';
import { randomEmail } from '../fixtures/member';
import type { Member } from '../fixtures/member';
import type { Site } from '../fixtures/server';
import { PAGES } from '../screens/addresses';
import { EmailConfirmScreen, EmailScreen, EmailUndoScreen } from '../screens/email_change';
import { expectInvalidLink } from './alerts';
import { requestEmailChange, confirmByLink, confirmationLink, revertEmailChange, revertLink } from './email_change';
import { setUpMail, enableSecondFactor } from './second_factor';
import type { Stop } from './tour';

/** The same browser comes back signed out, with its language. */
async function asVisitor(page: Page): Promise<void> {
  const language = (await page.context().cookies()).filter((cookie) => cookie.name === 'lang');
  await page.context().clearCookies();
  await page.context().addCookies(language);
}

async function refused(page: Page): Promise<void> {
  await expect(page.locator('main [aria-invalid="true"]').first()).toBeVisible();
}

/** Asked for; the link of the email to the new address. */
async function asked(page: Page, site: Site): Promise<URL> {
  const next = randomEmail();
  await requestEmailChange(page, next);
  return confirmationLink(site, next);
}

/** Done; the page of the email that the old address got before. */
async function undoing(page: Page, site: Site, member: Member): Promise<URL> {
  await confirmByLink(page, await asked(page, site));
  await asVisitor(page);
  return revertLink(site, member.email);
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
      const screen = await requestEmailChange(page, randomEmail());
      await screen.code.fill('12');
      await screen.complete.click();
      await refused(page);
    },
  },
  {
    name: 'email-change-mail-factor',
    seenBy: 'member',
    go: async (page, site, member) => {
      await enableSecondFactor(page);
      await setUpMail(page, site.mail, member.email);
      await expect((await EmailScreen.open(page)).toSecondFactor).toBeVisible();
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
      await expect((await EmailUndoScreen.open(page, await revertLink(site, member.email))).submit).toBeVisible();
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
    go: async (page, site, member) => revertEmailChange(page, await undoing(page, site, member)),
  },
  {
    name: 'email-link-useless',
    seenBy: 'anyone',
    go: async (page, site) => expectInvalidLink(page, `${site.url}${PAGES.emailUndo}?t=none`),
  },
];
