import { test, expect } from '../fixtures';
import { expectSignedIn, signIn, signOut } from '../deeds/sign_in';
import { KANA } from '../screens/language';
import { MenuScreen, NINE, NOT_AVAILABLE } from '../screens/menu';
import { expectPath, Shell, thisYear } from '../screens/shell';

test('MP-100 the menu has its nine items in order', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  const menu = await MenuScreen.open(page);
  await expect(menu.rows).toContainText(NINE);
  await expect(menu.links).toHaveCount(8);
  await expect(menu.signOut).toBeVisible();
});

test('MP-100 MP-95 the same nine in English', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' }));
  const menu = await MenuScreen.open(page);
  await expect(menu.rows).toHaveCount(9);
  await expect(menu.main).not.toContainText(KANA);
});

test('MP-100 no item is dead: each answers, and what is not there yet says so', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  const menu = await MenuScreen.open(page);
  const addresses = await menu.links.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  for (const address of addresses) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    const shell = new Shell(page);
    await expect(shell.heading).toHaveCount(1);
    const ready = ['/account', '/account/profile'].includes(new URL(page.url()).pathname);
    if (!ready && NOT_AVAILABLE.test(await shell.main.innerText())) {
      await expect(shell.main.locator('a[href="/"]').first()).toBeVisible();
    }
  }
});

test('every link of the frame leads somewhere, signed in or not', async ({ page, makeMember, enterAs }) => {
  const broken: string[] = [];
  const walk = async () => {
    const addresses = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    for (const address of new Set(addresses)) {
      if (address.startsWith('#') || address.startsWith('mailto:')) continue;
      const answer = await page.request.get(address);
      if (answer.status() !== 200) broken.push(`${address}: ${answer.status()}`);
    }
  };
  for (const address of ['/sign-in', '/register', '/terms', '/privacy']) {
    await page.goto(address);
    await walk();
  }
  await enterAs(await makeMember());
  for (const address of ['/', '/account', '/account/profile']) {
    await page.goto(address);
    await walk();
  }
  expect(broken).toEqual([]);
});

test('the menu tells when one last signed in', async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member);
  await signOut(page);
  await signIn(page, member);
  const row = new MenuScreen(page).lastSignIn;
  await expect(row).toBeVisible();
  await expect(new MenuScreen(page).main).toContainText(`${thisYear()}年`);
});

test('the menu is for members', async ({ page }) => {
  for (const address of ['/', '/account', '/account/profile', '/account/history', '/account/withdraw']) {
    await page.goto(address);
    await expectPath(page, '/sign-in');
  }
});

test('MP-100 ログアウト is the ninth item and works', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  const menu = await MenuScreen.open(page);
  await expectSignedIn(page);
  await menu.rows.nth(8).getByRole('button').click();
  await expectPath(page, '/sign-in');
});
