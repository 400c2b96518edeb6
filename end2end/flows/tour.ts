// Every screen of the site in every visible state, for the rules that hold on all of them: accessibility, width, pictures.
import { expect, type Page } from '@playwright/test';
import type { Site } from '../fixtures/server';
import { randomPerson, type Member } from '../fixtures/member';
import { FormClient } from '../fixtures/client';
import { DEVELOPMENT, FORMS, PAGES, UNKNOWN } from '../screens/addresses';
import { expectInvalidLink, reportNotMe } from './alerts';
import { linkIn } from './emails';
import { requestReset } from './password_reset';
import { submitPasswordChange } from './profile';
import { expectInvalidRegistrationLink, register } from './registration';
import { submitSignIn } from './sign_in';
import { HELP } from './tour_help';
import { EMAIL } from './tour_email';
import { LEAVING } from './tour_withdrawal';
import { PROTECTION } from './tour_protection';
import { at } from './visit';
import { AlertScreen } from '../screens/alerts';
import { NewPasswordScreen, ResetScreen } from '../screens/password_reset';
import { CompleteScreen, RegistrationScreen } from '../screens/registration';
import { HistoryScreen } from '../screens/history';
import { ProfileScreen } from '../screens/profile';
import { SecurityScreen } from '../screens/security';

/** A screen in one state. Who sees it: anyone; the owner of an account, signed out; or a member, signed in. */
export type Stop = { name: string } & (
  | { seenBy: 'anyone'; go: (page: Page, site: Site) => Promise<void> }
  | { seenBy: 'owner' | 'member'; go: (page: Page, site: Site, member: Member) => Promise<void> }
);

async function refused(page: Page): Promise<void> {
  await expect(page.locator('main [aria-invalid="true"], main .notice--error, main .error-summary').first()).toBeVisible();
}

export const TOUR: readonly Stop[] = [
  { name: 'sign-in', seenBy: 'anyone', go: at(PAGES.signIn) },
  { name: 'sign-in-empty', seenBy: 'anyone', go: async (page) => refusedAfter(page, { email: '', password: '' }) },
  { name: 'sign-in-refused', seenBy: 'anyone', go: async (page) => refusedAfter(page, { email: 'nobody@example.jp', password: 'not-a-password-1' }) },
  { name: 'signed-out', seenBy: 'anyone', go: at(`${PAGES.signIn}?done=signed-out`) },
  { name: 'register', seenBy: 'anyone', go: at(PAGES.register) },
  {
    name: 'register-errors',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await RegistrationScreen.open(page);
      await screen.submit.click();
      await refused(page);
    },
  },
  { name: 'register-sent', seenBy: 'anyone', go: async (page) => void (await register(page, randomPerson())) },
  {
    name: 'register-code-refused',
    seenBy: 'anyone',
    go: async (page) => {
      const sent = await register(page, randomPerson());
      await sent.code.fill('abc');
      await sent.submitCode.click();
      await refused(page);
    },
  },
  {
    name: 'register-complete',
    seenBy: 'anyone',
    go: async (page, site) => {
      const person = randomPerson();
      await register(page, person);
      await page.goto(linkIn(await site.mail.emailTo(person.email), site.url).href);
      await expect(new CompleteScreen(page).submit).toBeVisible();
    },
  },
  {
    name: 'register-complete-elsewhere',
    seenBy: 'anyone',
    go: async (page, site) => {
      const person = randomPerson();
      await register(page, person);
      const link = linkIn(await site.mail.emailTo(person.email), site.url);
      const language = (await page.context().cookies()).filter((cookie) => cookie.name === 'lang');
      await page.context().clearCookies();
      await page.context().addCookies(language);
      await page.goto(link.href);
      await expect(new CompleteScreen(page).password).toBeVisible();
    },
  },
  {
    name: 'register-link-useless',
    seenBy: 'anyone',
    go: async (page) => {
      await page.goto(`${PAGES.registerComplete}?t=none`);
      await expectInvalidRegistrationLink(page);
    },
  },
  { name: 'reset', seenBy: 'anyone', go: at(PAGES.passwordReset) },
  {
    name: 'reset-refused',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await ResetScreen.open(page);
      await screen.email.fill('hanako');
      await screen.submit.click();
      await refused(page);
    },
  },
  { name: 'reset-sent', seenBy: 'owner', go: async (page, _site, member) => void (await requestReset(page, member.email)) },
  {
    name: 'reset-code-refused',
    seenBy: 'owner',
    go: async (page, _site, member) => {
      const sent = await requestReset(page, member.email);
      await sent.code.fill('abc');
      await sent.submit.click();
      await refused(page);
    },
  },
  { name: 'reset-nothing', seenBy: 'anyone', go: at(PAGES.passwordResetSent) },
  { name: 'alert', seenBy: 'owner', go: async (page, site, member) => void (await alerted(page, site, member)) },
  { name: 'alert-mine', seenBy: 'anyone', go: at(`${PAGES.alert}?done=mine`) },
  { name: 'alert-not-mine', seenBy: 'anyone', go: at(`${PAGES.alert}?done=not-mine`) },
  { name: 'alert-locked', seenBy: 'anyone', go: at(`${PAGES.alert}?done=locked`) },
  {
    name: 'alert-link-useless',
    seenBy: 'anyone',
    go: async (page, site) => expectInvalidLink(page, `${site.url}${PAGES.alert}?t=none`),
  },
  {
    name: 'new-password',
    seenBy: 'owner',
    go: async (page, site, member) => {
      await reportNotMe(page, await alerted(page, site, member));
      await NewPasswordScreen.open(page, linkIn(await site.mail.emailTo(member.email), site.url));
      await expect(new NewPasswordScreen(page).submit).toBeVisible();
    },
  },
  {
    name: 'new-password-link-useless',
    seenBy: 'anyone',
    go: async (page, site) => expectInvalidLink(page, `${site.url}${PAGES.passwordResetNew}?t=none`),
  },
  { name: 'terms', seenBy: 'anyone', go: at(PAGES.terms) },
  { name: 'privacy', seenBy: 'anyone', go: at(PAGES.privacy) },
  ...HELP,
  { name: 'not-found', seenBy: 'anyone', go: at(UNKNOWN.page) },
  { name: 'components', seenBy: 'anyone', go: at(DEVELOPMENT.components) },
  { name: 'menu', seenBy: 'member', go: at(PAGES.home) },
  { name: 'menu-registered', seenBy: 'member', go: at(`${PAGES.home}?done=registered`) },
  { name: 'account', seenBy: 'member', go: at(PAGES.account) },
  { name: 'profile', seenBy: 'member', go: at(PAGES.profile) },
  {
    name: 'profile-errors',
    seenBy: 'member',
    go: async (page) => {
      const screen = await ProfileScreen.open(page);
      await screen.familyName.fill('');
      await screen.birthDay.fill('31');
      await screen.birthMonth.fill('4');
      await screen.save.click();
      await refused(page);
    },
  },
  {
    name: 'password-errors',
    seenBy: 'member',
    go: async (page) => {
      await submitPasswordChange(page, 'not-the-current-1', 'short');
      await refused(page);
    },
  },
  { name: 'security', seenBy: 'member', go: at(PAGES.security) },
  {
    name: 'security-sessions',
    seenBy: 'member',
    go: async (page, site, member) => {
      const elsewhere = await FormClient.open(site.url);
      await elsewhere.post(FORMS.signIn, { email: member.email, password: member.password, remember: 'on' });
      await elsewhere.close();
      await page.goto(`${PAGES.security}?done=session`);
      await expect(new SecurityScreen(page).others).toHaveCount(1);
    },
  },
  {
    name: 'history',
    seenBy: 'member',
    go: async (page, site, member) => {
      const client = await FormClient.open(site.url);
      for (let n = 0; n < 3; n += 1) await client.post(FORMS.signIn, { email: member.email, password: 'not-the-password-1' });
      await client.close();
      const screen = await HistoryScreen.open(page);
      await screen.rows.first().locator('summary').click();
    },
  },
  { name: 'history-empty', seenBy: 'member', go: at(`${PAGES.history}?kind=security`) },
  ...PROTECTION,
  ...EMAIL,
  ...LEAVING,
  { name: 'not-available', seenBy: 'member', go: at(PAGES.linked) },
];

async function refusedAfter(page: Page, who: { email: string; password: string }): Promise<void> {
  await submitSignIn(page, who);
  await refused(page);
}

/** Signs in with an unknown browser, and opens the link of the notification. */
async function alerted(page: Page, site: Site, member: Member): Promise<URL> {
  const stranger = await FormClient.open(site.url);
  await stranger.post(FORMS.signIn, { email: member.email, password: member.password });
  await stranger.close();
  const link = linkIn(await site.mail.emailTo(member.email), site.url);
  await expect((await AlertScreen.open(page, link)).notMine).toBeVisible();
  return link;
}
