// Forms that are sent before the page's script is awake.
import { test, expect } from '../fixtures';
import { awake } from '../screens/script';
import { expectRefused, Shell } from '../screens/shell';

test('a form refused before the script is awake is there, and alive, afterwards', async ({ page, guard, makeMember, enterAs }) => {
  guard.allow(/status of 422/);
  await enterAs(await makeMember());
  await page.route('**/*.wasm', (route) => route.abort());
  guard.allow(/Failed to load resource: net::ERR_FAILED/, /Failed to fetch/);
  await page.goto('/account/profile');
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
