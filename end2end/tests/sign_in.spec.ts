import { test, expect, aPerson } from '../fixtures';
import { fullWidth } from '../deeds/letters';
import { closeAndOpenAgain, expectSignedIn, expectSignedOut, signIn, signOut, trySignIn } from '../deeds/sign_in';
import { switchTo } from '../deeds/language';
import { MenuScreen } from '../screens/menu';
import { expectPath, expectRefused, put } from '../screens/shell';
import { LABELS, NOT_ACCEPTED, NOT_AN_ADDRESS, SignInScreen } from '../screens/sign_in';

test('MP-01 MP-21 MP-24 MP-26 the sign-in screen has the labels and ways that people know', async ({ page }) => {
  const screen = await SignInScreen.open(page);
  await expect(screen.main.getByLabel(LABELS.email)).toHaveAttribute('name', 'email');
  await expect(screen.main.getByLabel(LABELS.remember)).toHaveAttribute('name', 'remember');
  await expect(screen.remember).not.toBeChecked();
  await expect(screen.registerLink).toHaveText(LABELS.register);
  await expect(screen.forgottenLink).toHaveText(LABELS.forgotten);
  await expect(screen.email).toHaveAttribute('autocomplete', /username/);
  await expect(screen.password).toHaveAttribute('autocomplete', 'current-password');
});

test('MP-21 a member signs in and out', async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member);
  await signOut(page);
  await expectSignedOut(page);
});

test('MP-22 an unknown ID and a wrong password get the same words', async ({ page, makeMember }) => {
  const member = await makeMember();
  const wrong = await trySignIn(page, { email: member.email, password: 'not-the-password-1' });
  await expect(wrong.main).toContainText(NOT_ACCEPTED);
  await expect(wrong.email).toHaveValue(member.email);
  await expect(wrong.password).not.toHaveAttribute('value', /./);
  const forKnown = await wrong.main.innerText();

  const unknown = await trySignIn(page, { email: aPerson().email, password: 'not-the-password-1' });
  await expect(unknown.main).toContainText(NOT_ACCEPTED);
  expect(await unknown.main.innerText()).toBe(forKnown);
  await expectPath(page, '/sign-in');
  await expectSignedOut(page);
});

for (const typed of ['taro', 'たろう', 'ｔａｒｏ', 'taro@', '@example.jp', '</script>', '太郎@example.jp']) {
  test(`MP-23 「${typed}」 is not an address, and is told so before anything is judged`, async ({ page }) => {
    const screen = await SignInScreen.open(page);
    await put(screen.email, typed);
    await screen.password.fill('whatever-1');
    await screen.submit.click();
    await expectRefused(screen, 'email', NOT_AN_ADDRESS);
    await expect(screen.main).not.toContainText(NOT_ACCEPTED);
  });
}

test('MP-21 empty fields are told apart', async ({ page }) => {
  const screen = await SignInScreen.open(page);
  await screen.submit.click();
  await expectRefused(screen, 'email');
  await expectRefused(screen, 'password');
  await expect(screen.main).not.toContainText(NOT_ACCEPTED);
});

for (const [what, value] of [['10 kB', 'a'.repeat(10_000)], ['a closed script', '</script>'], ['emoji', '🗝️🗝️🗝️'], ['direction marks', '\u202edrowssap']] as const) {
  test(`MP-22 a password of ${what} is only a wrong password`, async ({ page, makeMember }) => {
    const member = await makeMember();
    const screen = await SignInScreen.open(page);
    await screen.email.fill(member.email);
    await put(screen.password, value);
    await screen.submit.click();
    await expect(screen.main).toContainText(NOT_ACCEPTED);
    await expect(screen.email).toHaveValue(member.email);
  });
}

test('MP-21 a full-width address in capitals with spaces is the same address', async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, { ...member, email: `　${fullWidth(member.email.toUpperCase())} ` });
});

test('MP-33 signing in works in English', async ({ page, makeMember }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  await page.goto('/sign-in');
  await switchTo(page, 'en');
  await signIn(page, member);
  await signOut(page);
});

test('after signing in one is where one wanted to go', async ({ page, makeMember }) => {
  const member = await makeMember();
  await page.goto('/account/profile');
  await expectPath(page, '/sign-in');
  const screen = new SignInScreen(page);
  await screen.email.fill(member.email);
  await screen.password.fill('wrong-at-first-1');
  await screen.submit.click();
  await expect(screen.main).toContainText(NOT_ACCEPTED);
  await screen.password.fill(member.password);
  await screen.submit.click();
  await expectPath(page, '/account/profile');
});

for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example/', '/%09/evil.example/', '\\/evil.example', 'javascript:alert(1)', '/'.padEnd(5_000, 'a')]) {
  test(`?next=${next.slice(0, 24)} never leads away from the site`, async ({ page, makeMember, site, guard }) => {
    guard.allow(/status of 404/);
    const member = await makeMember();
    await trySignIn(page, member, `?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL((address) => address.origin === site.url && address.pathname !== '/sign-in');
    await expectPath(page, '/');
  });
}

test('MP-26 MP-27 with 自動ログイン the browser may be closed; an explicit sign-out ends it', async ({ page, context, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member, { remember: true });
  await closeAndOpenAgain(context);
  await page.goto('/account');
  await expectPath(page, '/account');
  await page.goto('/sign-in');
  await expectSignedIn(page);

  await closeAndOpenAgain(context);
  await page.goto('/');
  const before = await context.cookies();
  await signOut(page);
  await closeAndOpenAgain(context);
  await expectSignedOut(page);

  await context.addCookies(before);
  await expectSignedOut(page);
});

test('MP-26 without 自動ログイン a closed browser has to sign in again', async ({ page, context, makeMember }) => {
  await signIn(page, await makeMember());
  await closeAndOpenAgain(context);
  await expectSignedOut(page);
});

test('MP-30 a closed tab does not sign out; signing in again is not asked for', async ({ page, context, makeMember }) => {
  await signIn(page, await makeMember());
  const again = await context.newPage();
  await page.close();
  await again.goto('/');
  await expectSignedIn(again);
  await again.goto('/sign-in');
  await expectSignedIn(again);
});

test('MP-29 one may be signed in anywhere at once; signing out here leaves the others', async ({ page, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const others = [await anotherBrowser(), await anotherBrowser('en'), await anotherBrowser()];
  await signIn(page, member);
  for (const other of others) await signIn(other, member);
  await signOut(page);
  for (const other of others) {
    await other.goto('/account');
    await expectPath(other, '/account');
  }
});

test('MP-32 after signing out, Back shows nothing private', async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member);
  await page.goto('/account');
  await expect(page.locator('main')).toContainText(member.email);
  await signOut(page);
  for (let back = 0; back < 2; back += 1) {
    await page.goBack();
    await expectPath(page, '/sign-in');
    await expect(page.locator('body')).not.toContainText(member.email);
    await expect(page.locator('body')).not.toContainText(member.familyName);
  }
});

test('a new session token at every sign-in; cookies are closed to scripts and to other sites', async ({ page, context, makeMember }) => {
  const member = await makeMember();
  const session = async () => (await context.cookies()).filter((cookie) => cookie.httpOnly);
  await signIn(page, member);
  const first = await session();
  expect(first.length).toBeGreaterThan(0);
  for (const cookie of first) {
    expect(cookie.sameSite, cookie.name).toBe('Lax');
    expect(cookie.path, cookie.name).toBe('/');
  }
  await signOut(page);
  await signIn(page, member);
  const known = new Set(first.map((cookie) => cookie.value));
  expect((await session()).some((cookie) => !known.has(cookie.value))).toBe(true);
  await expect(new MenuScreen(page).lastSignIn).toBeVisible();
});
