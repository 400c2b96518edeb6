// Linking accounts of others, and coming in with them.
import { randomBytes } from 'node:crypto';
import { expect, type Page } from '@playwright/test';
import type { Issuer } from '../provider/index.mjs';
import { doNotLink, LinkedScreen, NAMES, providerButton, ProviderScreen, willBeLinked, type ProviderId } from '../screens/linked';
import { expectDone, expectPath, Shell } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

/** A login that nobody has at a provider yet: with an address, or a bare name. */
export function aLogin(): string {
  return `g${randomBytes(6).toString('hex')}@example.jp`;
}

/** An address as pages show it: its owner recognises it, others do not. */
export function masked(login: string): string {
  return login.replace(/^(..).*@/, '$1***@');
}

/** Presses the button of a provider on the page one is on, and is at the provider. */
export async function goTo(page: Page, id: ProviderId): Promise<ProviderScreen> {
  await providerButton(page, id).click();
  const screen = new ProviderScreen(page);
  await expect(screen.yes).toBeVisible();
  await expect(screen.heading).toContainText(NAMES[id]);
  return screen;
}

/** At the provider: says who one is, and agrees. */
export async function agree(screen: ProviderScreen, login: string, { verified = true } = {}): Promise<void> {
  await screen.who('').check();
  await screen.typed.fill(login);
  await screen.verified.setChecked(verified);
  await screen.yes.click();
}

/** To the provider and back as somebody. What follows is the story's to judge. */
export async function throughProvider(page: Page, id: ProviderId, login: string, options: { verified?: boolean } = {}): Promise<void> {
  await agree(await goTo(page, id), login, options);
}

/** As far as the provider's answer, which the browser does not open: its address. */
export async function answerHeldBack(page: Page, issuer: Issuer, id: ProviderId, login: string): Promise<URL> {
  issuer.misbehaves('holds_back');
  await throughProvider(page, id, login);
  await expect(page.locator('body')).toContainText('leadsTo');
  issuer.misbehaves('none');
  const { leadsTo } = JSON.parse(await page.locator('body').innerText()) as { leadsTo: string };
  return new URL(leadsTo);
}

/** Links an account of the browser's member. */
export async function link(page: Page, id: ProviderId, login: string): Promise<LinkedScreen> {
  const screen = await LinkedScreen.open(page);
  await throughProvider(page, id, login);
  await expectDone(page, '/account/linked', 'linked');
  await expect(screen.unlink(id)).toHaveCount(1);
  return screen;
}

export async function unlink(page: Page, id: ProviderId): Promise<LinkedScreen> {
  const screen = await LinkedScreen.open(page);
  await screen.ask(id).click();
  await screen.unlink(id).click();
  await expectDone(page, '/account/linked', 'unlinked');
  await expect(screen.link(id)).toBeVisible();
  return screen;
}

/** 「Googleアカウントでログイン」, from ログイン. */
export async function enterWith(page: Page, id: ProviderId, login: string, options: { verified?: boolean } = {}): Promise<void> {
  await SignInScreen.open(page);
  await throughProvider(page, id, login, options);
}

/** On the way to a page that changes what protects the account: 本人確認 of somebody who has no password. */
export async function proveWith(page: Page, id: ProviderId, login: string): Promise<void> {
  await expectPath(page, '/account/confirm');
  await throughProvider(page, id, login);
}

/** MP-65: nobody is linked to it, and ログイン says what follows. */
export async function expectWaiting(page: Page, id: ProviderId): Promise<SignInScreen> {
  await expectPath(page, '/sign-in');
  const screen = new SignInScreen(page);
  await expect(screen.main).toContainText(willBeLinked(id));
  await expect(doNotLink(page)).toBeVisible();
  return screen;
}

/** What is typed is sent from the page one is on. */
export async function typePassword(screen: SignInScreen, who: { email: string; password: string }): Promise<void> {
  await screen.email.fill(who.email);
  await screen.password.fill(who.password);
  await screen.submit.click();
}

/** Back where it began, with a message, and the way is open to try again. */
export async function expectLedToNothing(page: Page, path: string, code: string | RegExp, id: ProviderId): Promise<void> {
  await expect(page).toHaveURL(({ pathname, searchParams }) => {
    const said = searchParams.get('sns') ?? '';
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
