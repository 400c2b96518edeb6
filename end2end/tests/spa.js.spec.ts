// What scripts add: pages change without being loaded again.
import type { Page } from '@playwright/test';
import { test, expect } from '../fixtures';
import { saveProfile } from '../flows/profile';
import { signIn } from '../flows/sign_in';
import { switchLanguage } from '../flows/language';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { MenuScreen } from '../screens/menu';
import { ProfileScreen } from '../screens/profile';
import { RegistrationScreen } from '../screens/registration';
import { expectPath, expectRefused, Shell } from '../screens/shell';
import { hydrated, markDocument, sameDocument } from '../screens/script';
import { SignInScreen } from '../screens/sign_in';

async function menuAwake(page: Page): Promise<MenuScreen> {
  const menu = await MenuScreen.open(page);
  await hydrated(page);
  await markDocument(page);
  return menu;
}

test('a link changes the page in place, with its title, and focus on the heading', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await menuAwake(page);
  const title = await page.title();
  await menu.accountLink.click();
  await expectPath(page, PAGES.account);
  await expect(new AccountScreen(page).facts).toBeVisible();
  await expect(page).not.toHaveTitle(title);
  await expect(new Shell(page).heading).toBeFocused();
  expect(await sameDocument(page)).toBe(true);

  await page.goBack();
  await expectPath(page, PAGES.home);
  await expect(menu.rows).toHaveCount(9);
  await expect(page).toHaveTitle(title);
  expect(await sameDocument(page)).toBe(true);
});

test('Back finds the page where it was scrolled to', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 390, height: 320 });
  const menu = await menuAwake(page);
  await menu.profileLink.scrollIntoViewIfNeeded();
  await page.evaluate(() => window.scrollTo(0, 160));
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(160);
  // A click by the pointer would scroll the link into view first.
  await menu.profileLink.evaluate((link: HTMLElement) => link.click());
  await expect(new ProfileScreen(page).familyName).toBeVisible();
  await expect.poll(() => page.evaluate(() => window.scrollY), 'a new page begins at its top').toBeLessThan(160);
  await page.goBack();
  await expect(menu.rows).toHaveCount(9);
  await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(160);
  expect(await sameDocument(page)).toBe(true);
});

test('a form is sent in place, and says what was done', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await ProfileScreen.open(page);
  await hydrated(page);
  await markDocument(page);
  await screen.givenName.fill('四郎');
  await saveProfile(screen);
  expect(await sameDocument(page)).toBe(true);
  await expect((await AccountScreen.open(page)).facts).toContainText('四郎');
});

test('refusals appear in place; the summary takes focus and its links lead to the fields', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  await markDocument(page);
  await screen.familyName.fill('髙橋');
  await screen.submit.click();
  await expectRefused(screen, 'email');
  await expect(screen.errorSummary).toBeFocused();
  await expect(screen.familyName).toHaveValue('髙橋');
  await screen.errorSummary.getByRole('link').first().click();
  await expect(screen.email).toBeFocused();
  expect(await sameDocument(page)).toBe(true);
});

test('signing in and switching the language need no reload of what was typed elsewhere', async ({ page, makeMember }) => {
  const member = await makeMember();
  await SignInScreen.open(page);
  await hydrated(page);
  await signIn(page, member);
  await hydrated(page);
  await switchLanguage(page, 'en');
  await expect(new MenuScreen(page).rows).toHaveCount(9);
});

test('an answer that takes long shows a progress bar', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await menuAwake(page);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(() => true, async (route) => {
    await held;
    await route.continue();
  });
  await menu.accountLink.click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  release();
  await expect(new AccountScreen(page).facts).toBeVisible();
  await expect(page.getByRole('progressbar')).toBeHidden();
  await page.unrouteAll({ behavior: 'wait' });
});

test('Enter sends the form; Enter that ends a composition does not', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  await screen.familyName.fill('たかはし');
  const prevented = await screen.familyName.evaluate((input) => {
    input.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }));
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));
    return document.querySelectorAll('[aria-invalid="true"]').length === 0;
  });
  expect(prevented).toBe(true);
  await screen.familyName.press('Enter');
  await expectRefused(screen, 'email');
});
