// The screens of SNSアカウント連携, for the tour of a site that offers providers.
import { expect, type Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { doNotLink, RedirectScreen, LinkedScreen, providerButton, providerButtons } from '../screens/linked';
import { RegistrationScreen } from '../screens/registration';
import { Shell } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';
import { randomLogin, signInWith, goToProvider, link, authenticateWith } from './linked';
import type { Stop } from './tour';

async function turnedBack(page: Page): Promise<void> {
  await (await goToProvider(page, 'google')).no.click();
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
      await link(page, 'google', randomLogin());
      const screen = await link(page, 'yahoo', `a name as long as a name can be and some more of it ${randomLogin().replace('@example.jp', '')}`);
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
      // Without its automatic redirect, so that the page stays.
      await page.route('**/linked/google', async (route) => {
        const response = await route.fetch({ maxRedirects: 0 });
        const body = (await response.text()).replace(/<meta http-equiv="refresh"[^>]*>/, '');
        await route.fulfill({ response, body });
      });
      await providerButton(page, 'google').click();
      await expect(new RedirectScreen(page).link).toBeVisible();
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
      await signInWith(page, 'google', randomLogin());
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
      await authenticateWith(page, 'google', randomLogin());
      await expect(providerButtons(page)).toHaveCount(0);
    },
  },
  {
    name: 'register-chosen',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await RegistrationScreen.open(page);
      await authenticateWith(page, 'google', randomLogin());
      await page.goto(`${PAGES.register}?provider_error=chosen&with=yahoo`);
      await expect(screen.warning).toBeVisible();
    },
  },
  {
    name: 'register-waiting-refused',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await RegistrationScreen.open(page);
      await authenticateWith(page, 'yahoo', 'nobody');
      await expect(providerButtons(page)).toHaveCount(0);
      await screen.submit.click();
      await expect(screen.errorSummary).toBeVisible();
    },
  },
];
