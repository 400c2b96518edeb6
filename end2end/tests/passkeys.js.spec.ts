// Passkeys: only with script, on a site whose policy has them.
import { test, expect } from '../fixtures';
import { addPasskey, aDevice } from '../deeds/passkeys';
import { firstStep } from '../deeds/second_step';
import { expectSignedIn, signOut } from '../deeds/sign_in';
import { passkeyButton, PasskeysScreen } from '../screens/passkeys';
import { expectDone, expectPath } from '../screens/shell';
import { awake } from '../screens/script';
import { SignInScreen } from '../screens/sign_in';

test.use({ settings: { TEGATA_SITE__POLICY: 'modern' } });

test('a passkey is added by name, signs in by its button, is told by letter, and is removed', async ({ page, makeMember, enterAs, mail }) => {
  const device = await aDevice(page);
  const member = await makeMember();
  await enterAs(member);
  const screen = await addPasskey(page, '仕事のスマホ');
  await expect(screen.row('仕事のスマホ')).toContainText('まだ使われていません');
  expect(await device.passkeys()).toBe(1);
  expect((await mail.letterTo(member.email)).subject).toContain('パスキーが追加されました');

  await signOut(page);
  await awake(page);
  await passkeyButton(page).click();
  await expectSignedIn(page);

  await PasskeysScreen.open(page);
  await expect(screen.row('仕事のスマホ')).toContainText('前回使った日時');
  await screen.remove('仕事のスマホ').click();
  await expectDone(page, '/account/passkeys', 'removed');
  await expect(screen.rows).toHaveCount(0);

  await signOut(page);
  await awake(page);
  await passkeyButton(page).click();
  const signIn = new SignInScreen(page);
  await expect(signIn.errorSummary).toContainText('パスキーでログインできませんでした');
  await expectPath(page, '/sign-in');
});

test('MP-42 after the password a passkey is the second step', async ({ page, makeMember, enterAs }) => {
  await aDevice(page);
  const member = await makeMember();
  await enterAs(member);
  await addPasskey(page, 'スマホ');
  await page.goto('/account/security');
  const form = page.locator('main form[action="/account/security/second-step"]');
  await form.locator('[name="switch"][value="on"]').check();
  await form.locator('button[type="submit"]').click();
  await expectDone(page, '/account/security', 'on');
  await signOut(page);
  const step = await firstStep(page, member);
  await awake(page);
  await step.main.locator('form[action="/sign-in/second-step/passkey"] button[type="submit"]').click();
  await expectSignedIn(page);
});

test('a passkey among the suggestions for the user ID signs in', async ({ page, makeMember, enterAs }) => {
  await aDevice(page, { suggests: true });
  await enterAs(await makeMember());
  await addPasskey(page, 'スマホ');
  await page.context().clearCookies({ name: 'session' });
  await page.goto('/sign-in');
  await expectSignedIn(page);
});

test('a passkey leads where one wanted to go, and remembers the browser if the box is ticked', async ({ page, context, makeMember, enterAs }) => {
  await aDevice(page);
  await enterAs(await makeMember());
  await addPasskey(page, 'ノートパソコン');
  await signOut(page);
  const signIn = await SignInScreen.open(page, '?next=/account/profile');
  await awake(page);
  await signIn.remember.check();
  await passkeyButton(page).click();
  await expectPath(page, '/account/profile');
  expect((await context.cookies()).map((cookie) => cookie.name)).toContain('remembered');
});

test('the same device is not added twice; a finger that is not found changes nothing', async ({ page, makeMember, enterAs }) => {
  const device = await aDevice(page);
  await enterAs(await makeMember());
  const screen = await addPasskey(page, '一つ目');
  await awake(page);
  await screen.label.fill('二つ目');
  await screen.add.click();
  await expect(screen.errorSummary).toContainText('すでに登録されています');
  await expect(screen.rows).toHaveCount(1);
  await device.verifies(false);
  await page.reload();
  await awake(page);
  await screen.add.click();
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.rows).toHaveCount(1);
});

test('in a browser without passkeys the page says so, and ログイン offers none', async ({ page, makeMember, enterAs }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
  await page.goto('/sign-in');
  await awake(page);
  await expect(passkeyButton(page)).toBeHidden();
  await enterAs(await makeMember());
  const screen = await PasskeysScreen.open(page);
  await awake(page);
  await expect(screen.addForm).toBeHidden();
  await expect(screen.main).toContainText('お使いのブラウザーはパスキーに対応していません');
});

test('a passkey is a fresh proof', async ({ page, makeMember, enterAs }) => {
  await aDevice(page);
  const member = await makeMember();
  await enterAs(member);
  await addPasskey(page, 'タブレット');
  await page.goto('/account/confirm?next=/account/passkeys');
  await awake(page);
  await page.locator('form[action="/account/confirm/passkey"] button[type="submit"]').click();
  await expectPath(page, '/account/passkeys');
});
