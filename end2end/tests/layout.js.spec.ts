// The frame on the phone and on the desktop.
import { test, expect } from '../fixtures';
import { MenuScreen } from '../screens/menu';
import { awake } from '../screens/script';
import { Shell } from '../screens/shell';

test('MP-34 the phone has a drawer that opens, closes by Escape, and gives focus back', async ({ page, makeMember, enterAs }, info) => {
  test.skip(info.project.name !== 'phone', 'the desktop has a rail instead');
  await enterAs(await makeMember());
  await page.goto('/account');
  await awake(page);
  const opener = page.locator('header .menu-button');
  const link = page.locator('.drawer a[href="/account/profile"]').first();
  await expect(link).toBeHidden();
  await opener.click();
  await expect(link).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(link).toBeHidden();
  await expect(opener).toBeFocused();
});

test('MP-34 the desktop has a rail that names the page one is on', async ({ page, makeMember, enterAs }, info) => {
  test.skip(info.project.name === 'phone', 'the phone has a drawer instead');
  await enterAs(await makeMember());
  await page.goto('/account/profile');
  await expect(page.locator('.rail a[aria-current="page"]')).toHaveAttribute('href', '/account/profile');
});

test('the skip link is first, and leads to the content', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  await MenuScreen.open(page);
  await page.keyboard.press('Tab');
  const skip = page.locator('.skip');
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL((address) => address.hash !== '');
  await expect(new Shell(page).main).toBeInViewport();
});

test('everything one can press is large enough for a finger', async ({ page }) => {
  for (const address of ['/sign-in', '/register']) {
    await page.goto(address);
    const small = await page.locator('main button, main input:not([type="checkbox"]):not([type="hidden"]), main select').evaluateAll((controls) =>
      controls.filter((control) => control.getClientRects().length > 0 && control.getBoundingClientRect().height < 44).map((control) => control.outerHTML),
    );
    expect(small, address).toEqual([]);
  }
});
