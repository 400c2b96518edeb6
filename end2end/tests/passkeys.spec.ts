// The page of passkeys without script, where it must say what it needs.
import { test, expect, MODERN_SITE } from '../fixtures';
import { PAGES } from '../screens/addresses';
import { PasskeysScreen, passkeyButton } from '../screens/passkeys';

test.use({ settings: MODERN_SITE });

test('without script no button is dead: the page says what it needs', { tag: '@nojs' }, async ({ page, makeMember, resumeSession }) => {
  await page.goto(PAGES.signIn);
  await expect(passkeyButton(page)).toBeHidden();
  await resumeSession(await makeMember());
  const screen = await PasskeysScreen.open(page);
  await expect(screen.withoutScript).toContainText('JavaScript');
  await expect(screen.add).toBeHidden();
});
