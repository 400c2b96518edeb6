// Forms that are sent before the page's script has taken over.
import { test, expect } from '../fixtures';
import { FORMS, PAGES } from '../screens/addresses';
import { hydrated } from '../screens/script';
import { buttonTo, expectRefused, Shell } from '../screens/shell';

test('a form refused before the script has taken over is there, and alive, afterwards', async ({ page, guard, makeMember, resumeSession }) => {
  guard.allow(/status of 422/);
  await resumeSession(await makeMember());
  await page.route('**/*.wasm', (route) => route.abort());
  guard.allow(/Failed to load resource: net::ERR_FAILED/, /Failed to fetch/);
  // The code is requested when the page is loaded and the browser idle.
  const cutOff = page.waitForEvent('requestfailed', (request) => /\.wasm$/.test(request.url()));
  await page.goto(PAGES.profile);
  await cutOff;
  await expect(page.locator('html')).not.toHaveAttribute('data-hydrated', /.*/);
  await page.unroute('**/*.wasm');
  await page.locator('[name="current_password"]').fill('not-the-current-1');
  await page.locator('[name="new_password"]').fill('Kaze-123456789-9');
  await page.locator('[name="new_password_confirm"]').fill('Kaze-123456789-9');
  await page.locator(buttonTo(FORMS.profilePassword)).click();
  const again = new Shell(page);
  await hydrated(page);
  await expectRefused(again, 'current_password');
  await expect(page.locator('[name="family_name"]')).not.toHaveValue('');
});

for (const [address, field] of [[PAGES.signIn, 'email'], [PAGES.register, 'family_name'], [PAGES.passwordReset, 'email'], [PAGES.help, 'q']] as const) {
  test(`what was typed before the script has taken over stays: ${address}`, async ({ page }) => {
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
    await hydrated(page);
    await expect(input).toHaveValue('hanako@example.jp');
    // The hydrated page takes more input and keeps the old one.
    await input.press('End');
    await input.pressSequentially('x');
    await expect(input).toHaveValue('hanako@example.jpx');
  });
}
