// The screens of SNSアカウント連携, for the tour of a site that offers providers.
import { expect, type Page } from '@playwright/test';
import { doNotLink, LeadingOnScreen, LinkedScreen, providerButton, providerButtons } from '../screens/linked';
import { RegistrationScreen } from '../screens/registration';
import { Shell } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';
import { aLogin, enterWith, goTo, link, throughProvider } from './linked';
import type { Stop } from './tour';

async function turnedBack(page: Page): Promise<void> {
  await (await goTo(page, 'google')).no.click();
  await expect(new Shell(page).warning.or(new Shell(page).errorSummary).first()).toBeVisible();
}

export const LINKED: readonly Stop[] = [
  {
    name: 'linked',
    seenBy: 'member',
    go: async (page) => {
      const screen = await LinkedScreen.open(page);
      await expect(screen.rows).toHaveCount(3);
      for (const help of await screen.help.locator('summary').all()) await help.click();
    },
  },
  {
    name: 'linked-in-use',
    seenBy: 'member',
    go: async (page) => {
      await link(page, 'google', aLogin());
      const screen = await link(page, 'yahoo', `a name as long as a name can be and some more of it ${aLogin().replace('@example.jp', '')}`);
      await screen.ask('google').click();
    },
  },
  {
    name: 'linked-cancelled',
    seenBy: 'member',
    go: async (page) => {
      await LinkedScreen.open(page);
      await turnedBack(page);
    },
  },
  {
    name: 'linked-leading-on',
    seenBy: 'member',
    go: async (page) => {
      await LinkedScreen.open(page);
      // Without what leads on by itself, so that the page stays.
      await page.route('**/linked/google', async (route) => {
        const response = await route.fetch({ maxRedirects: 0 });
        const body = (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '');
        await route.fulfill({ response, body });
      });
      await providerButton(page, 'google').click();
      await expect(new LeadingOnScreen(page).link).toBeVisible();
    },
  },
  {
    name: 'sign-in-providers',
    seenBy: 'anyone',
    go: async (page) => {
      await SignInScreen.open(page);
      await expect(providerButtons(page)).toHaveCount(3);
    },
  },
  {
    name: 'sign-in-cancelled',
    seenBy: 'anyone',
    go: async (page) => {
      await SignInScreen.open(page);
      await turnedBack(page);
    },
  },
  {
    name: 'sign-in-waiting',
    seenBy: 'anyone',
    go: async (page) => {
      await enterWith(page, 'google', aLogin());
      await expect(doNotLink(page)).toBeVisible();
    },
  },
  {
    name: 'register-providers',
    seenBy: 'anyone',
    go: async (page) => {
      await RegistrationScreen.open(page);
      await expect(providerButtons(page)).toHaveCount(3);
    },
  },
  {
    name: 'register-waiting',
    seenBy: 'anyone',
    go: async (page) => {
      await RegistrationScreen.open(page);
      await throughProvider(page, 'google', aLogin());
      await expect(providerButtons(page)).toHaveCount(0);
    },
  },
  {
    name: 'register-chosen',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await RegistrationScreen.open(page);
      await throughProvider(page, 'google', aLogin());
      await page.goto('/register?sns=chosen&with=yahoo');
      await expect(screen.warning).toBeVisible();
    },
  },
  {
    name: 'register-waiting-refused',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await RegistrationScreen.open(page);
      await throughProvider(page, 'yahoo', 'nobody');
      await expect(providerButtons(page)).toHaveCount(0);
      await screen.submit.click();
      await expect(screen.errorSummary).toBeVisible();
    },
  },
];
