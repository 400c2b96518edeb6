// The screens of 2-step verification, for the tour.
import { expect, type Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { BackupCodesScreen, ReauthenticationScreen, AppSetUpScreen, MailSetUpScreen, SecondFactorScreen, ChallengeScreen } from '../screens/second_factor';
import { expectPath, Shell } from '../screens/shell';
import type { Site } from '../fixtures/server';
import type { Member } from '../fixtures/member';
import { passFirstFactor, setUpApp, setUpMail, enableSecondFactor } from './second_factor';
import type { Stop } from './tour';

async function refused(page: Page): Promise<void> {
  await expect(page.locator('main [aria-invalid="true"]').first()).toBeVisible();
}

/** The same browser comes back signed out, with its language. */
async function asVisitor(page: Page): Promise<void> {
  const language = (await page.context().cookies()).filter((cookie) => cookie.name === 'lang');
  await page.context().clearCookies();
  await page.context().addCookies(language);
}

async function asked(page: Page, member: Member, site: Site, mail = false): Promise<ChallengeScreen> {
  await enableSecondFactor(page);
  if (mail) await setUpMail(page, site.mail, member.email);
  else await setUpApp(page);
  await asVisitor(page);
  return passFirstFactor(page, member);
}

/** On every site. */
export const PROTECTION: readonly Stop[] = [
  {
    name: 'second-factor-off',
    seenBy: 'member',
    go: async (page) => void (await expect((await SecondFactorScreen.open(page)).toSwitch).toBeVisible()),
  },
  { name: 'second-factor-nothing', seenBy: 'member', go: async (page) => void (await enableSecondFactor(page)) },
  {
    name: 'second-factor-app',
    seenBy: 'member',
    go: async (page) => {
      await enableSecondFactor(page);
      await setUpApp(page, '仕事のスマートフォン');
    },
  },
  {
    name: 'app-set-up-refused',
    seenBy: 'member',
    go: async (page) => {
      await page.goto(PAGES.secondFactorApp);
      const screen = new AppSetUpScreen(page);
      await screen.code.fill('12');
      await screen.save.click();
      await refused(page);
      await screen.typeKey.click();
    },
  },
  {
    name: 'mail-set-up-refused',
    seenBy: 'member',
    go: async (page) => {
      await page.goto(PAGES.secondFactorMail);
      const screen = new MailSetUpScreen(page);
      await screen.send.click();
      await screen.code.fill('12');
      await screen.save.click();
      await refused(page);
    },
  },
  {
    name: 'confirm-refused',
    seenBy: 'member',
    go: async (page) => {
      await page.goto(`${PAGES.reauthenticate}?next=/account/security`);
      const screen = new ReauthenticationScreen(page);
      await screen.password.fill('not-the-password-1');
      await screen.submit.click();
      await refused(page);
    },
  },
  {
    name: 'second-step-app',
    seenBy: 'member',
    go: async (page, site, member) => {
      const screen = await asked(page, member, site);
      await expect(screen.code).toBeVisible();
    },
  },
  {
    name: 'second-step-refused',
    seenBy: 'member',
    go: async (page, site, member) => {
      const screen = await asked(page, member, site);
      await screen.code.fill('12');
      await screen.submit.click();
      await refused(page);
    },
  },
  {
    name: 'second-step-mail',
    seenBy: 'member',
    go: async (page, site, member) => {
      const screen = await asked(page, member, site, true);
      await expect(screen.until).toBeVisible();
    },
  },
  {
    name: 'second-step-resend',
    seenBy: 'member',
    go: async (page, site, member) => {
      const screen = await asked(page, member, site, true);
      await screen.resend.click();
      await expect(screen.send).toBeVisible();
    },
  },
  {
    name: 'second-step-over',
    seenBy: 'anyone',
    go: async (page) => {
      await page.goto(PAGES.signInSecondFactor);
      await expect(new Shell(page).heading).toBeVisible();
    },
  },
];

/** On a site with the policy `modern`. */
export const MODERN: readonly Stop[] = [
  {
    name: 'backup-codes',
    seenBy: 'member',
    go: async (page) => {
      await enableSecondFactor(page);
      await setUpApp(page);
      await new SecondFactorScreen(page).makeCodes.click();
      await expect(new BackupCodesScreen(page).codes).toHaveCount(10);
    },
  },
  {
    name: 'second-factor-modern',
    seenBy: 'member',
    go: async (page) => {
      await enableSecondFactor(page);
      await setUpApp(page);
    },
  },
  {
    name: 'passkeys',
    seenBy: 'member',
    go: async (page) => {
      await page.goto(PAGES.passkeys);
      await expectPath(page, PAGES.passkeys);
      await expect(new Shell(page).heading).toBeVisible();
    },
  },
  {
    name: 'sign-in-modern',
    seenBy: 'anyone',
    go: async (page) => {
      await page.goto(PAGES.signIn);
      await expect(new Shell(page).heading).toBeVisible();
    },
  },
];
