// Pages whose code is fetched when they are opened.
import { test, expect } from '../fixtures';
import { PAGES } from '../screens/addresses';
import { MenuScreen } from '../screens/menu';
import { ProfileScreen } from '../screens/profile';
import { hydrated, markDocument, sameDocument } from '../screens/script';
import { expectPath, linkTo, Shell } from '../screens/shell';

const PARTS = /\/pkg\/(split|chunk)_\w+\.\w+\.wasm$/;
const REFUSED = [/net::ERR_FAILED/, /Failed to fetch/];

test('the code of a page is loaded when the page is opened, and once', async ({ page, makeMember, resumeSession }) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (PARTS.test(request.url())) fetched.push(request.url());
  });
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  await hydrated(page);
  await markDocument(page);
  expect(fetched).toEqual([]);
  for (let time = 0; time < 2; time += 1) {
    await menu.profileLink.click();
    await expect(new ProfileScreen(page).familyName).toBeVisible();
    await expect(new Shell(page).heading).toBeFocused();
    await page.goBack();
    await expect(menu.rows).toHaveCount(9);
  }
  expect(fetched.filter((url) => url.includes('split_account'))).toHaveLength(1);
  expect(new Set(fetched).size).toBe(fetched.length);
  expect(await sameDocument(page)).toBe(true);
});

test('a link to a page whose code cannot be loaded is followed as any link', async ({ page, guard, makeMember, resumeSession }) => {
  guard.allow(...REFUSED);
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  await hydrated(page);
  await markDocument(page);
  await page.route(PARTS, (route) => route.abort());
  await menu.profileLink.click();
  await expectPath(page, PAGES.profile);
  await expect(new ProfileScreen(page).familyName).toBeVisible();
  expect(await sameDocument(page)).toBe(false);
});

test('a page whose code cannot be loaded stays as the server rendered it', async ({ page, guard }) => {
  guard.allow(...REFUSED);
  await page.route(PARTS, (route) => route.abort());
  const refused = page.waitForEvent('requestfailed', (request) => PARTS.test(request.url()));
  await page.goto(PAGES.terms);
  await refused;
  await page.locator(`footer ${linkTo(PAGES.privacy)}`).click();
  await expectPath(page, PAGES.privacy);
  await expect(page.locator('html')).not.toHaveAttribute('data-hydrated', /.*/);
  await page.unroute(PARTS);
  await page.locator(`footer ${linkTo(PAGES.terms)}`).click();
  await hydrated(page);
});
