// Forms that are sent before the page's script is awake.
import { test, expect } from '../fixtures';
import { awake } from '../screens/script';
import { expectRefused, Shell } from '../screens/shell';

test('a form refused before the script is awake is there, and alive, afterwards', async ({ page, guard, makeMember, enterAs }) => {
  guard.allow(/status of 422/);
  await enterAs(await makeMember());
  await page.route('**/*.wasm', (route) => route.abort());
  guard.allow(/Failed to load resource: net::ERR_FAILED/, /Failed to fetch/);
  // The code is asked for when the page is there and the browser idle.
  const cutOff = page.waitForEvent('requestfailed', (request) => /\.wasm$/.test(request.url()));
  await page.goto('/account/profile');
  await cutOff;
  await expect(page.locator('html')).not.toHaveAttribute('data-hydrated', /.*/);
  await page.unroute('**/*.wasm');
  await page.locator('[name="current_password"]').fill('not-the-current-1');
  await page.locator('[name="new_password"]').fill('Kaze-123456789-9');
  await page.locator('[name="new_password_confirm"]').fill('Kaze-123456789-9');
  await page.locator('form[action="/account/profile/password"] button[type="submit"]').click();
  const again = new Shell(page);
  await awake(page);
  await expectRefused(again, 'current_password');
  await expect(page.locator('[name="family_name"]')).not.toHaveValue('');
});

for (const [address, field] of [['/sign-in', 'email'], ['/register', 'family_name'], ['/password/reset', 'email'], ['/help', 'q']] as const) {
  test(`what was typed before the script is awake stays: ${address}`, async ({ page }) => {
    let wake = () => undefined as void;
    const typed = new Promise<void>((resolve) => (wake = resolve));
    await page.route('**/*.wasm', async (route) => {
      await typed;
      await route.continue();
    });
    await page.goto(address);
    const input = page.locator(`main [name="${field}"]`);
    await input.fill('hanako@example.jp');
    wake();
    await awake(page);
    await expect(input).toHaveValue('hanako@example.jp');
    // The woken page takes more, and what was there is still there.
    await input.press('End');
    await input.pressSequentially('x');
    await expect(input).toHaveValue('hanako@example.jpx');
  });
}
