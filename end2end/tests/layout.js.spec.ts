// The frame on the phone and on the desktop.
import { test, expect } from '../fixtures';
import { PAGES } from '../screens/addresses';
import { MenuScreen } from '../screens/menu';
import { hydrated } from '../screens/script';
import { linkTo, Shell } from '../screens/shell';

test('MP-34 the phone has a drawer that opens, closes by Escape, and gives focus back', { tag: '@phone' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await page.goto(PAGES.account);
  await hydrated(page);
  const opener = page.locator('header .menu-button');
  const link = page.locator(`.drawer ${linkTo(PAGES.profile)}`).first();
  await expect(link).toBeHidden();
  await opener.click();
  await expect(link).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(link).toBeHidden();
  await expect(opener).toBeFocused();
});

test('MP-34 the desktop has a rail that names the page one is on', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await page.goto(PAGES.profile);
  await expect(page.locator('.rail a[aria-current="page"]')).toHaveAttribute('href', PAGES.profile);
});

test('the skip link is first, and leads to the content', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await MenuScreen.open(page);
  await page.keyboard.press('Tab');
  const skip = page.locator('.skip');
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((address) => address.hash !== '');
  await expect(new Shell(page).main).toBeInViewport();
});

test('every control is large enough for a finger', { tag: '@phone' }, async ({ page }) => {
  for (const address of [PAGES.signIn, PAGES.register]) {
    await page.goto(address);
    const small = await page.locator('main button, main input:not([type="checkbox"]):not([type="hidden"]), main select').evaluateAll((controls) =>
      controls.filter((control) => control.getClientRects().length > 0 && control.getBoundingClientRect().height < 44).map((control) => control.outerHTML),
    );
    expect(small, address).toEqual([]);
  }
});
