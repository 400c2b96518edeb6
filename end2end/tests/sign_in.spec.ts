import { test, expect, randomPerson } from '../fixtures';
import { fullWidth } from '../flows/emails';
import { restartBrowser, expectSignedIn, expectSignedOut, signIn, signOut, submitSignIn } from '../flows/sign_in';
import { switchLanguage } from '../flows/language';
import { PAGES } from '../screens/addresses';
import { MenuScreen } from '../screens/menu';
import { expectPath, expectRefused, setValue } from '../screens/shell';
import { LABELS, NOT_ACCEPTED, NOT_AN_ADDRESS, SignInScreen } from '../screens/sign_in';

test('MP-01 MP-21 MP-24 MP-26 the sign-in screen has the labels and ways that people know', { tag: '@journey' }, async ({ page }) => {
  const screen = await SignInScreen.open(page);
  await expect(screen.main.getByLabel(LABELS.email)).toHaveAttribute('name', 'email');
  await expect(screen.main.getByLabel(LABELS.remember)).toHaveAttribute('name', 'remember');
  await expect(screen.remember).not.toBeChecked();
  await expect(screen.registerLink).toHaveText(LABELS.register);
  await expect(screen.forgottenLink).toHaveText(LABELS.forgotten);
  await expect(screen.email).toHaveAttribute('autocomplete', /username/);
  await expect(screen.password).toHaveAttribute('autocomplete', 'current-password');
});

test('MP-21 a member signs in and out', { tag: '@journey' }, async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member);
  await signOut(page);
  await expectSignedOut(page);
});

test('MP-22 an unknown ID and a wrong password get the same words', { tag: '@journey' }, async ({ page, makeMember }) => {
  const member = await makeMember();
  const wrong = await submitSignIn(page, { email: member.email, password: 'not-the-password-1' });
  await expect(wrong.main).toContainText(NOT_ACCEPTED);
  await expect(wrong.email).toHaveValue(member.email);
  await expect(wrong.password).not.toHaveAttribute('value', /./);
  const forKnown = await wrong.main.innerText();

  const unknown = await submitSignIn(page, { email: randomPerson().email, password: 'not-the-password-1' });
  await expect(unknown.main).toContainText(NOT_ACCEPTED);
  expect(await unknown.main.innerText()).toBe(forKnown);
  await expectPath(page, PAGES.signIn);
  await expectSignedOut(page);
});

test('MP-23 what is no address is refused before the password is checked', { tag: '@nojs' }, async ({ page }) => {
  const screen = await SignInScreen.open(page);
  for (const typed of ['taro', 'たろう', 'ｔａｒｏ', 'taro@', '@example.jp', '</script>', '太郎@example.jp']) {
    await test.step(typed, async () => {
      await setValue(screen.email, typed);
      await screen.password.fill('whatever-1');
      await screen.submit.click();
      await expectRefused(screen, 'email', NOT_AN_ADDRESS);
      await expect(screen.email).toHaveValue(typed);
      await expect(screen.main).not.toContainText(NOT_ACCEPTED);
    });
  }
});

test('MP-21 each empty field has its own message', { tag: ['@desktop', '@nojs'] }, async ({ page }) => {
  const screen = await SignInScreen.open(page);
  await screen.submit.click();
  await expectRefused(screen, 'email');
  await expectRefused(screen, 'password');
  await expect(screen.main).not.toContainText(NOT_ACCEPTED);
});

test('MP-22 an odd password is only a wrong password', { tag: '@nojs' }, async ({ page, makeMember }) => {
  const member = await makeMember();
  for (const [what, value] of [['10 kB', 'a'.repeat(10_000)], ['a closed script', '</script>'], ['emoji', '🗝️🗝️🗝️'], ['direction marks', '\u202edrowssap']] as const) {
    await test.step(what, async () => {
      const screen = await SignInScreen.open(page);
      await screen.email.fill(member.email);
      await setValue(screen.password, value);
      await screen.submit.click();
      await expect(screen.main).toContainText(NOT_ACCEPTED);
      await expect(screen.email).toHaveValue(member.email);
    });
  }
});

test('MP-21 a full-width address in capitals with spaces is the same address', async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, { ...member, email: `　${fullWidth(member.email.toUpperCase())} ` });
});

test('MP-33 signing in works in English', async ({ page, makeMember }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  await page.goto(PAGES.signIn);
  await switchLanguage(page, 'en');
  await signIn(page, member);
  await signOut(page);
});

test('a sign-in leads to the page asked for', { tag: ['@desktop', '@nojs'] }, async ({ page, makeMember }) => {
  const member = await makeMember();
  await page.goto(PAGES.profile);
  await expectPath(page, PAGES.signIn);
  const screen = new SignInScreen(page);
  await screen.email.fill(member.email);
  await screen.password.fill('wrong-at-first-1');
  await screen.submit.click();
  await expect(screen.main).toContainText(NOT_ACCEPTED);
  await screen.password.fill(member.password);
  await screen.submit.click();
  await expectPath(page, PAGES.profile);
});

test('?next= never leads away from the site', { tag: ['@desktop', '@nojs'] }, async ({ page, context, makeMember, site, guard }) => {
  guard.allow(/status of 404/);
  const member = await makeMember();
  for (const next of ['//evil.example/', 'https://evil.example/', '/\\evil.example/', '/%09/evil.example/', '\\/evil.example', 'javascript:alert(1)', '/'.padEnd(5_000, 'a')]) {
    await submitSignIn(page, member, `?next=${encodeURIComponent(next)}`);
    await expect(page, next.slice(0, 24)).toHaveURL((address) => address.origin === site.url && address.pathname === PAGES.home);
    await expectSignedIn(page);
    await context.clearCookies();
  }
});

test('MP-26 MP-27 with 自動ログイン the browser may be closed; an explicit sign-out ends it', { tag: '@journey' }, async ({ page, context, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member, { remember: true });
  await restartBrowser(context);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.account);
  await page.goto(PAGES.signIn);
  await expectSignedIn(page);

  await restartBrowser(context);
  await page.goto(PAGES.home);
  const before = await context.cookies();
  await signOut(page);
  await restartBrowser(context);
  await expectSignedOut(page);

  await context.addCookies(before);
  await expectSignedOut(page);
});

test('MP-26 without 自動ログイン a closed browser has to sign in again', { tag: '@nojs' }, async ({ page, context, makeMember }) => {
  await signIn(page, await makeMember());
  await restartBrowser(context);
  await expectSignedOut(page);
});

test('MP-30 a closed tab does not sign out; signing in again is not asked for', async ({ page, context, makeMember }) => {
  await signIn(page, await makeMember());
  const again = await context.newPage();
  await page.close();
  await again.goto(PAGES.home);
  await expectSignedIn(again);
  await again.goto(PAGES.signIn);
  await expectSignedIn(again);
});

test('MP-29 several browsers are signed in at once; signing out here leaves the others', { tag: '@phone' }, async ({ page, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const others = [await anotherBrowser(), await anotherBrowser('en'), await anotherBrowser()];
  await signIn(page, member);
  for (const other of others) await signIn(other, member);
  await signOut(page);
  for (const other of others) {
    await other.goto(PAGES.account);
    await expectPath(other, PAGES.account);
  }
});

test('MP-32 after signing out, Back shows nothing private', { tag: ['@desktop', '@nojs'] }, async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member);
  await page.goto(PAGES.account);
  await expect(page.locator('main')).toContainText(member.email);
  await signOut(page);
  for (let back = 0; back < 2; back += 1) {
    await page.goBack();
    await expectPath(page, PAGES.signIn);
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
    expect(cookie.path, cookie.name).toBe(PAGES.home);
  }
  await signOut(page);
  await signIn(page, member);
  const known = new Set(first.map((cookie) => cookie.value));
  expect((await session()).some((cookie) => !known.has(cookie.value))).toBe(true);
  await expect(new MenuScreen(page).lastSignIn).toBeVisible();
});
