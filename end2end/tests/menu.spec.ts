import { test, expect } from '../fixtures';
import { expectSignedIn, signIn, signOut } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { KANA } from '../screens/language';
import { MenuScreen, NINE, NOT_AVAILABLE } from '../screens/menu';
import { expectPath, linkTo, Shell, thisYear } from '../screens/shell';

test('MP-100 the menu has its nine items in order', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  await expect(menu.rows).toContainText(NINE);
  await expect(menu.links).toHaveCount(8);
  await expect(menu.signOut).toBeVisible();
});

test('MP-100 MP-95 the same nine in English', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' }));
  const menu = await MenuScreen.open(page);
  await expect(menu.rows).toHaveCount(9);
  await expect(menu.main).not.toContainText(KANA);
});

test('MP-100 every item answers, and an unavailable one says so', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  const addresses = await menu.links.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  for (const address of addresses) {
    const answer = await page.goto(address);
    expect(answer?.status(), address).toBe(200);
    const shell = new Shell(page);
    await expect(shell.heading).toHaveCount(1);
    const ready = new Set<string>([PAGES.account, PAGES.profile]).has(new URL(page.url()).pathname);
    if (!ready && NOT_AVAILABLE.test(await shell.main.innerText())) {
      await expect(shell.main.locator(linkTo(PAGES.home)).first()).toBeVisible();
    }
  }
});

test('every link of the frame leads somewhere, signed in or not', async ({ page, makeMember, resumeSession }) => {
  const broken: string[] = [];
  const walk = async () => {
    const addresses = await page.locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    for (const address of new Set(addresses)) {
      if (address.startsWith('#') || address.startsWith('mailto:')) continue;
      const answer = await page.request.get(address);
      if (answer.status() !== 200) broken.push(`${address}: ${answer.status()}`);
    }
  };
  for (const address of [PAGES.signIn, PAGES.register, PAGES.terms, PAGES.privacy]) {
    await page.goto(address);
    await walk();
  }
  await resumeSession(await makeMember());
  for (const address of [PAGES.home, PAGES.account, PAGES.profile]) {
    await page.goto(address);
    await walk();
  }
  expect(broken).toEqual([]);
});

test('the menu shows the last sign-in', async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member);
  await signOut(page);
  await signIn(page, member);
  const row = new MenuScreen(page).lastSignIn;
  await expect(row).toBeVisible();
  await expect(new MenuScreen(page).main).toContainText(`${thisYear()}年`);
});

test('the menu is for members', { tag: '@nojs' }, async ({ page }) => {
  for (const address of [PAGES.home, PAGES.account, PAGES.profile, PAGES.history, PAGES.withdraw]) {
    await page.goto(address);
    await expectPath(page, PAGES.signIn);
  }
});

test('MP-100 ログアウト is the ninth item and works', { tag: '@phone' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  await expectSignedIn(page);
  await menu.rows.nth(8).getByRole('button').click();
  await expectPath(page, PAGES.signIn);
});
