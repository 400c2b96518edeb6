// The page of passkeys where everything is only read: it must say what it needs without script.
import { test, expect } from '../fixtures';
import { PasskeysScreen, passkeyButton } from '../screens/passkeys';

test.use({ settings: { TEGATA_SITE__POLICY: 'modern' } });

test('without script no button is dead: the page says what it needs', async ({ page, makeMember, enterAs, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled !== false, 'about browsers without script');
  await page.goto('/sign-in');
  await expect(passkeyButton(page)).toBeHidden();
  await enterAs(await makeMember());
  const screen = await PasskeysScreen.open(page);
  await expect(screen.withoutScript).toContainText('JavaScript');
  await expect(screen.add).toBeHidden();
});
