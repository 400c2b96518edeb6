// Passkeys: only with script, on a site whose policy has them.
import { test, expect, MODERN_SITE } from '../fixtures';
import { addPasskey, virtualDevice } from '../flows/passkeys';
import { passFirstFactor } from '../flows/second_factor';
import { expectSignedIn, signOut } from '../flows/sign_in';
import { FORMS, PAGES } from '../screens/addresses';
import { passkeyButton, PasskeysScreen } from '../screens/passkeys';
import { buttonTo, expectDone, expectPath, formTo } from '../screens/shell';
import { hydrated } from '../screens/script';
import { SignInScreen } from '../screens/sign_in';

test.use({ settings: MODERN_SITE });

test('a passkey is added by name, signs in by its button, is notified by email, and is removed', { tag: ['@desktop', '@phone'] }, async ({ page, makeMember, resumeSession, mail }) => {
  const device = await virtualDevice(page);
  const member = await makeMember();
  await resumeSession(member);
  const screen = await addPasskey(page, '仕事のスマホ');
  await expect(screen.row('仕事のスマホ')).toContainText('まだ使われていません');
  expect(await device.passkeys()).toBe(1);
  expect((await mail.emailTo(member.email)).subject).toContain('パスキーが追加されました');

  await signOut(page);
  await hydrated(page);
  await passkeyButton(page).click();
  await expectSignedIn(page);

  await PasskeysScreen.open(page);
  await expect(screen.row('仕事のスマホ')).toContainText('前回使った日時');
  await screen.remove('仕事のスマホ').click();
  await expectDone(page, PAGES.passkeys, 'removed');
  await expect(screen.rows).toHaveCount(0);

  await signOut(page);
  await hydrated(page);
  await passkeyButton(page).click();
  const signIn = new SignInScreen(page);
  await expect(signIn.errorSummary).toContainText('パスキーでログインできませんでした');
  await expectPath(page, PAGES.signIn);
});

test('MP-42 after the password a passkey is the second step', async ({ page, makeMember, resumeSession }) => {
  await virtualDevice(page);
  const member = await makeMember();
  await resumeSession(member);
  await addPasskey(page, 'スマホ');
  await page.goto(PAGES.security);
  const form = page.locator(`main ${formTo(FORMS.securitySecondFactor)}`);
  await form.locator('[name="switch"][value="on"]').check();
  await form.locator('button[type="submit"]').click();
  await expectDone(page, PAGES.security, 'on');
  await signOut(page);
  const step = await passFirstFactor(page, member);
  await hydrated(page);
  await step.main.locator(buttonTo(FORMS.signInSecondFactorPasskey)).click();
  await expectSignedIn(page);
});

test('a passkey among the suggestions for the user ID signs in', async ({ page, makeMember, resumeSession }) => {
  await virtualDevice(page, { suggests: true });
  await resumeSession(await makeMember());
  await addPasskey(page, 'スマホ');
  await page.context().clearCookies({ name: 'session' });
  await page.goto(PAGES.signIn);
  await expectSignedIn(page);
});

test('a passkey leads to the page asked for, and remembers the browser if the box is ticked', async ({ page, context, makeMember, resumeSession }) => {
  await virtualDevice(page);
  await resumeSession(await makeMember());
  await addPasskey(page, 'ノートパソコン');
  await signOut(page);
  const signIn = await SignInScreen.open(page, '?next=/account/profile');
  await hydrated(page);
  await signIn.remember.check();
  await passkeyButton(page).click();
  await expectPath(page, PAGES.profile);
  expect((await context.cookies()).map((cookie) => cookie.name)).toContain('remembered');
});

test('the same device is not added twice; a failed user verification changes nothing', async ({ page, makeMember, resumeSession }) => {
  const device = await virtualDevice(page);
  await resumeSession(await makeMember());
  const screen = await addPasskey(page, '一つ目');
  await hydrated(page);
  await screen.label.fill('二つ目');
  await screen.add.click();
  await expect(screen.errorSummary).toContainText('すでに登録されています');
  await expect(screen.rows).toHaveCount(1);
  await device.verifies(false);
  await page.reload();
  await hydrated(page);
  await screen.add.click();
  await expect(screen.errorSummary).toBeVisible();
  await expect(screen.rows).toHaveCount(1);
});

test('in a browser without passkeys the page says so, and ログイン offers none', async ({ page, makeMember, resumeSession }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
  await page.goto(PAGES.signIn);
  await hydrated(page);
  await expect(passkeyButton(page)).toBeHidden();
  await resumeSession(await makeMember());
  const screen = await PasskeysScreen.open(page);
  await hydrated(page);
  await expect(screen.addForm).toBeHidden();
  await expect(screen.main).toContainText('お使いのブラウザーはパスキーに対応していません');
});

test('a passkey reauthenticates', async ({ page, makeMember, resumeSession }) => {
  await virtualDevice(page);
  const member = await makeMember();
  await resumeSession(member);
  await addPasskey(page, 'タブレット');
  await page.goto(`${PAGES.reauthenticate}?next=/account/passkeys`);
  await hydrated(page);
  await page.locator(buttonTo(FORMS.confirmPasskey)).click();
  await expectPath(page, PAGES.passkeys);
});
