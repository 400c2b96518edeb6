import { test, expect } from '../fixtures';
import { restartBrowser, expectSignedOut, signIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { MenuScreen } from '../screens/menu';
import { AREAS, NOT_USED, SecurityScreen, USED } from '../screens/security';
import { expectDone, expectPath, linkTo } from '../screens/shell';

test('MP-82 認証ポリシー管理 has its areas, and ホーム leads there and shows its state', { tag: '@journey' }, async ({ page, makeMember }) => {
  await signIn(page, await makeMember());
  const row = new MenuScreen(page).main.locator(`.rows ${linkTo(PAGES.security)}`);
  await expect(row).toContainText(`2段階認証：${NOT_USED}`);
  await row.click();
  await expectPath(page, PAGES.security);
  const screen = new SecurityScreen(page);
  await expect(screen.main.getByRole('heading', { level: 2 })).toHaveText(AREAS);
  await expect(screen.secondFactorLink).toHaveText(/2段階認証の設定/);
});

test('MP-43 2段階認証サービス is off by default; turning it on leads to the set-up', { tag: '@journey' }, async ({ page, makeMember, guard }) => {
  guard.allow(/status of 404/);
  await signIn(page, await makeMember());
  let screen = await SecurityScreen.open(page);
  await expect(screen.notUsed).toBeChecked();
  await screen.used.check();
  await screen.saveSwitch.click();
  await expectPath(page, PAGES.secondFactor);

  screen = await SecurityScreen.open(page);
  await expect(screen.used).toBeChecked();
  await page.goto(PAGES.home);
  await expect(new MenuScreen(page).main).toContainText(`2段階認証：${USED}`);

  screen = await SecurityScreen.open(page);
  await screen.notUsed.check();
  await screen.saveSwitch.click();
  await expectDone(page, PAGES.security, 'off');
  await expect(screen.notUsed).toBeChecked();
});

test('MP-83 the session of a lost phone is ended from another browser', { tag: '@journey' }, async ({ page, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const phone = await anotherBrowser();
  await signIn(phone, member, { remember: true });
  await signIn(page, member);
  await phone.goto(PAGES.profile);

  const screen = await SecurityScreen.open(page);
  // The third is the browser in which the member registered.
  await expect(screen.sessions).toHaveCount(3);
  await expect(screen.sessions.first()).toContainText('この端末');
  await expect(screen.here).toHaveCount(1);
  await expect(screen.end(screen.here)).toHaveCount(0);
  const lost = screen.others.filter({ hasText: '自動ログイン' });
  await expect(lost).toContainText('Chrome');
  await expect(lost).toContainText('パスワード');
  await screen.end(lost).click();
  await expectDone(page, PAGES.security, 'session');
  await expect(screen.sessions).toHaveCount(2);
  await expect(lost).toHaveCount(0);

  await phone.goto(PAGES.profile);
  await expectPath(phone, PAGES.signIn);
  await restartBrowser(phone.context());
  await expectSignedOut(phone);

  // One more, with the same words in the address.
  await screen.end(screen.others).click();
  await expect(screen.sessions).toHaveCount(1);
  await expect(screen.endOthers).toHaveCount(0);
});

test('MP-83 all other sessions end at once, and this one continues', { tag: ['@desktop', '@nojs'] }, async ({ page, context, makeMember, anotherBrowser }) => {
  const member = await makeMember();
  const others = [await anotherBrowser(), await anotherBrowser('en')];
  for (const other of others) await signIn(other, member, { remember: true });
  await signIn(page, member, { remember: true });
  const screen = await SecurityScreen.open(page);
  await expect(screen.sessions).toHaveCount(4);
  await expect(screen.main).toContainText('自動ログインも解除');
  await screen.endOthers.click();
  await expectDone(page, PAGES.security, 'others');
  await expect(screen.sessions).toHaveCount(1);
  for (const other of others) await expectSignedOut(other);

  await restartBrowser(context);
  await page.goto(PAGES.security);
  await expectPath(page, PAGES.security);
});

test('MP-83 a session that ended elsewhere is no error', { tag: ['@desktop', '@nojs'] }, async ({ page, makeMember, anotherBrowser, guard }) => {
  guard.allow(/status of 401/);
  const member = await makeMember();
  const other = await anotherBrowser();
  await signIn(other, member);
  await signIn(page, member);
  const here = await SecurityScreen.open(page);
  const there = await SecurityScreen.open(other);
  await here.endOthers.click();
  await expectDone(page, PAGES.security, 'others');
  // The page of this browser is out of date: its button leads to the sign-in, and back.
  await there.end(there.others.first()).click();
  await expectPath(other, PAGES.signIn);
  await expect(other).toHaveURL(/next=%2Faccount%2Fsecurity$/);
});
