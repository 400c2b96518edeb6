// Help while typing. The server judges again in any case (`registration_input.spec.ts`).
import { test, expect } from '../fixtures';
import { RegistrationScreen } from '../screens/registration';
import { hydrated } from '../screens/script';

test('MP-13 MP-14 MP-16 the rules of the password change while one types', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  await screen.familyName.fill('Yamada');
  await screen.givenName.fill('Taro');
  const unmet = screen.rules.and(page.locator('[data-state="unmet"]'));
  await screen.password.pressSequentially('short');
  await expect(unmet).not.toHaveCount(0);
  await screen.password.fill('Kaze-to-mori-2026');
  await expect(unmet).toHaveCount(0);
  await screen.password.fill('Kaze-taro-mori-2026');
  await expect(unmet).toHaveCount(1);
});

test('the password can be shown, and is hidden again', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  const toggle = page.locator('.pw').filter({ has: page.locator('[name="password"]') }).locator('.pw__toggle');
  await screen.password.fill('Kaze-to-mori-2026');
  await toggle.click();
  await expect(screen.password).toHaveAttribute('type', 'text');
  await toggle.click();
  await expect(screen.password).toHaveAttribute('type', 'password');
  await expect(screen.password).toHaveValue('Kaze-to-mori-2026');
});

test('MP-02 kana and the address are folded when one leaves the field', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  await screen.familyNameKana.fill('たかはし');
  await screen.email.fill('ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ');
  await screen.email.blur();
  await expect(screen.familyNameKana).toHaveValue('タカハシ');
  await expect(screen.email).toHaveValue('taro@example.jp');
});

test('paste is allowed in every field', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  for (const field of [screen.email, screen.password, screen.familyName]) {
    const allowed = await field.evaluate((input) => input.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, cancelable: true })));
    expect(allowed).toBe(true);
  }
});
