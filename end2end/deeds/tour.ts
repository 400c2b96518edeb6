// Every screen of the site in every state that can be seen, for what must hold on all of them: accessibility, width, pictures.
import { expect, type Page } from '@playwright/test';
import type { Site } from '../fixtures/server';
import { aPerson, type Member } from '../fixtures/member';
import { Visitor } from '../fixtures/visitor';
import { expectDeadLink, sayNotMine } from './alerts';
import { linkIn } from './letters';
import { askForReset } from './password_reset';
import { tryPassword } from './profile';
import { expectUselessLink, register } from './registration';
import { trySignIn } from './sign_in';
import { HELP } from './tour_help';
import { EMAIL } from './tour_email';
import { LEAVING } from './tour_leaving';
import { PROTECTION } from './tour_protection';
import { at } from './visit';
import { AlertScreen } from '../screens/alerts';
import { NewPasswordScreen, ResetScreen } from '../screens/password_reset';
import { CompleteScreen, RegistrationScreen } from '../screens/registration';
import { HistoryScreen } from '../screens/history';
import { ProfileScreen } from '../screens/profile';
import { SecurityScreen } from '../screens/security';

export interface Stop {
  name: string;
  /** Who sees it: for `member`, the browser is signed in before `go`. */
  seenBy: 'anyone' | 'member';
  go: (page: Page, site: Site, member: Member) => Promise<void>;
}

async function refused(page: Page): Promise<void> {
  await expect(page.locator('main [aria-invalid="true"], main .notice--error, main .error-summary').first()).toBeVisible();
}

export const TOUR: readonly Stop[] = [
  { name: 'sign-in', seenBy: 'anyone', go: at('/sign-in') },
  { name: 'sign-in-empty', seenBy: 'anyone', go: async (page) => refusedAfter(page, { email: '', password: '' }) },
  { name: 'sign-in-refused', seenBy: 'anyone', go: async (page) => refusedAfter(page, { email: 'nobody@example.jp', password: 'not-a-password-1' }) },
  { name: 'signed-out', seenBy: 'anyone', go: at('/sign-in?done=signed-out') },
  { name: 'register', seenBy: 'anyone', go: at('/register') },
  {
    name: 'register-errors',
    seenBy: 'anyone',
    go: async (page) => {
      const screen = await RegistrationScreen.open(page);
      await screen.submit.click();
      await refused(page);
    },
  },
  { name: 'register-sent', seenBy: 'anyone', go: async (page) => void (await register(page, aPerson())) },
  {
    name: 'register-code-refused',
    seenBy: 'anyone',
    go: async (page) => {
      const sent = await register(page, aPerson());
      await sent.code.fill('abc');
      await sent.submitCode.click();
      await refused(page);
    },
  },
  {
    name: 'register-complete',
    seenBy: 'anyone',
    go: async (page, site) => {
      const person = aPerson();
      await register(page, person);
      await page.goto(linkIn(await site.mail.letterTo(person.email), site.url).href);
      await expect(new CompleteScreen(page).submit).toBeVisible();
    },
  },
  {
    name: 'register-complete-elsewhere',
    seenBy: 'anyone',
    go: async (page, site) => {
      const person = aPerson();
      await register(page, person);
      const link = linkIn(await site.mail.letterTo(person.email), site.url);
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
      await page.goto('/register/complete?t=none');
      await expectUselessLink(page);
    },
  },
  { name: 'reset', seenBy: 'anyone', go: at('/password/reset') },
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
  { name: 'reset-sent', seenBy: 'anyone', go: async (page, _site, member) => void (await askForReset(page, member.email)) },
  {
    name: 'reset-code-refused',
    seenBy: 'anyone',
    go: async (page, _site, member) => {
      const sent = await askForReset(page, member.email);
      await sent.code.fill('abc');
      await sent.submit.click();
      await refused(page);
    },
  },
  { name: 'reset-nothing', seenBy: 'anyone', go: at('/password/reset/sent') },
  { name: 'alert', seenBy: 'anyone', go: async (page, site, member) => void (await alerted(page, site, member)) },
  { name: 'alert-mine', seenBy: 'anyone', go: at('/alert?done=mine') },
  { name: 'alert-not-mine', seenBy: 'anyone', go: at('/alert?done=not-mine') },
  { name: 'alert-locked', seenBy: 'anyone', go: at('/alert?done=locked') },
  {
    name: 'alert-link-useless',
    seenBy: 'anyone',
    go: async (page, site) => expectDeadLink(page, `${site.url}/alert?t=none`),
  },
  {
    name: 'new-password',
    seenBy: 'anyone',
    go: async (page, site, member) => {
      await sayNotMine(page, await alerted(page, site, member));
      await NewPasswordScreen.open(page, linkIn(await site.mail.letterTo(member.email), site.url));
      await expect(new NewPasswordScreen(page).submit).toBeVisible();
    },
  },
  {
    name: 'new-password-link-useless',
    seenBy: 'anyone',
    go: async (page, site) => expectDeadLink(page, `${site.url}/password/reset/new?t=none`),
  },
  { name: 'terms', seenBy: 'anyone', go: at('/terms') },
  { name: 'privacy', seenBy: 'anyone', go: at('/privacy') },
  ...HELP,
  { name: 'not-found', seenBy: 'anyone', go: at('/no-such-page') },
  { name: 'components', seenBy: 'anyone', go: at('/dev/components') },
  { name: 'menu', seenBy: 'member', go: at('/') },
  { name: 'menu-registered', seenBy: 'member', go: at('/?done=registered') },
  { name: 'account', seenBy: 'member', go: at('/account') },
  { name: 'profile', seenBy: 'member', go: at('/account/profile') },
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
      await tryPassword(page, 'not-the-current-1', 'short');
      await refused(page);
    },
  },
  { name: 'security', seenBy: 'member', go: at('/account/security') },
  {
    name: 'security-sessions',
    seenBy: 'member',
    go: async (page, site, member) => {
      const elsewhere = await Visitor.arrives(site.url);
      await elsewhere.post('/sign-in', { email: member.email, password: member.password, remember: 'on' });
      await elsewhere.leaves();
      await page.goto('/account/security?done=session');
      await expect(new SecurityScreen(page).others).toHaveCount(1);
    },
  },
  {
    name: 'history',
    seenBy: 'member',
    go: async (page, site, member) => {
      const visitor = await Visitor.arrives(site.url);
      for (let n = 0; n < 3; n += 1) await visitor.post('/sign-in', { email: member.email, password: 'not-the-password-1' });
      await visitor.leaves();
      const screen = await HistoryScreen.open(page);
      await screen.rows.first().locator('summary').click();
    },
  },
  { name: 'history-empty', seenBy: 'member', go: at('/account/history?kind=security') },
  ...PROTECTION,
  ...EMAIL,
  ...LEAVING,
  { name: 'not-available', seenBy: 'member', go: at('/account/linked') },
];

async function refusedAfter(page: Page, who: { email: string; password: string }): Promise<void> {
  await trySignIn(page, who);
  await refused(page);
}

/** Somebody signs in with a browser never used before; opens the link of the letter that tells of it. */
async function alerted(page: Page, site: Site, member: Member): Promise<URL> {
  const stranger = await Visitor.arrives(site.url);
  await stranger.post('/sign-in', { email: member.email, password: member.password });
  await stranger.leaves();
  const link = linkIn(await site.mail.letterTo(member.email), site.url);
  await expect((await AlertScreen.open(page, link)).notMine).toBeVisible();
  return link;
}
