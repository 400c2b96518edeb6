// Linking accounts of identity providers, and signing in with them.
import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import type { Issuer } from '../provider/index.mjs';
import { PAGES } from '../screens/addresses';
import { doNotLink, LinkedScreen, NAMES, providerButton, ProviderScreen, willBeLinked, type ProviderId } from '../screens/linked';
import { expectDone, expectPath, Shell } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

/** A login that is new at every provider. */
export function randomLogin(): string {
  return `g${randomBytes(6).toString('hex')}@example.jp`;
}

/** An address as pages show it: masked. */
export function masked(login: string): string {
  return login.replace(/^(..).*@/, '$1***@');
}

/** Presses the button of a provider on the current page. Returns the page of the provider. */
export async function goToProvider(page: Page, id: ProviderId): Promise<ProviderScreen> {
  await providerButton(page, id).click();
  const screen = new ProviderScreen(page);
  await expect(screen.yes).toBeVisible();
  await expect(screen.heading).toContainText(NAMES[id]);
  return screen;
}

/** At the provider: names the account and consents. */
export async function consent(screen: ProviderScreen, login: string, { verified = true } = {}): Promise<void> {
  await screen.who('').check();
  await screen.typed.fill(login);
  await screen.verified.setChecked(verified);
  await screen.yes.click();
}

/** To the provider and back. The story checks what follows. */
export async function authenticateWith(page: Page, id: ProviderId, login: string, options: { verified?: boolean } = {}): Promise<void> {
  await consent(await goToProvider(page, id), login, options);
}

/** The address of the provider's callback, which the browser has not opened. */
export async function interceptCallback(page: Page, issuer: Issuer, id: ProviderId, login: string): Promise<URL> {
  issuer.misbehave('holds_back');
  await authenticateWith(page, id, login);
  await expect(page.locator('body')).toContainText('leadsTo');
  issuer.misbehave('none');
  const { leadsTo } = JSON.parse(await page.locator('body').innerText()) as { leadsTo: string };
  return new URL(leadsTo);
}

/** Links an account of the browser's member. */
export async function link(page: Page, id: ProviderId, login: string): Promise<LinkedScreen> {
  const screen = await LinkedScreen.open(page);
  await authenticateWith(page, id, login);
  await expectDone(page, PAGES.linked, 'linked');
  await expect(screen.unlink(id)).toHaveCount(1);
  return screen;
}

export async function unlink(page: Page, id: ProviderId): Promise<LinkedScreen> {
  const screen = await LinkedScreen.open(page);
  await screen.ask(id).click();
  await screen.unlink(id).click();
  await expectDone(page, PAGES.linked, 'unlinked');
  await expect(screen.link(id)).toBeVisible();
  return screen;
}

/** 「Googleアカウントでログイン」, from ログイン. */
export async function signInWith(page: Page, id: ProviderId, login: string, options: { verified?: boolean } = {}): Promise<void> {
  await SignInScreen.open(page);
  await authenticateWith(page, id, login, options);
}

/** 本人確認 of a member without a password, before a page with security settings. */
export async function reauthenticateWith(page: Page, id: ProviderId, login: string): Promise<void> {
  await expectPath(page, PAGES.reauthenticate);
  await authenticateWith(page, id, login);
}

/** MP-65: the account is not linked yet, and ログイン says what follows. */
export async function expectPendingLink(page: Page, id: ProviderId): Promise<SignInScreen> {
  await expectPath(page, PAGES.signIn);
  const screen = new SignInScreen(page);
  await expect(screen.main).toContainText(willBeLinked(id));
  await expect(doNotLink(page)).toBeVisible();
  return screen;
}

/** Signs in from the current page. */
export async function submitPassword(screen: SignInScreen, who: { email: string; password: string }): Promise<void> {
  await screen.email.fill(who.email);
  await screen.password.fill(who.password);
  await screen.submit.click();
}

/** Back on the page that started it, with a message. */
export async function expectProviderError(page: Page, path: string, code: string | RegExp, id: ProviderId): Promise<void> {
  await expect(page).toHaveURL(({ pathname, searchParams }) => {
    const said = searchParams.get('provider_error') ?? '';
    return pathname === path && (typeof code === 'string' ? said === code : code.test(said)) && searchParams.get('with') === id;
  });
  await expect(new Shell(page).warning.or(new Shell(page).errorSummary).first()).toContainText(/\S{3,}/);
}

/** The browser's member has no link with a provider. */
export async function expectNotLinked(page: Page, id: ProviderId): Promise<void> {
  const screen = await LinkedScreen.open(page);
  await expect(screen.link(id)).toBeVisible();
  await expect(screen.unlink(id)).toHaveCount(0);
}

export async function expectLinked(page: Page, id: ProviderId): Promise<LinkedScreen> {
  const screen = await LinkedScreen.open(page);
  await expect(screen.unlink(id)).toHaveCount(1);
  await expect(screen.link(id)).toHaveCount(0);
  return screen;
}
