import { test, expect } from '../fixtures';
import { signIn, signOut } from '../flows/sign_in';
import type { Member } from '../fixtures/member';
import type { FormClient } from '../fixtures/client';
import { FORMS, PAGES } from '../screens/addresses';
import { HistoryScreen } from '../screens/history';
import { MenuScreen } from '../screens/menu';
import { expectPath, linkTo, thisYear } from '../screens/shell';

const SIGNED_IN = 'ログインしました（パスワード）';
const REFUSED = 'ログインできませんでした';

/** Guesses passwords without a browser. */
async function guess(client: FormClient, member: Member, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await client.post(FORMS.signIn, { email: member.email, password: 'not-the-password-1' });
  }
}

test('MP-85 ログイン履歴 lists sign-ins and refusals, newest first, and marks this browser', { tag: '@journey' }, async ({ page, makeMember, client }) => {
  const member = await makeMember();
  await guess(client, member, 1);
  await signIn(page, member);
  await new MenuScreen(page).links.filter({ hasText: 'ログイン履歴' }).click();
  await expectPath(page, PAGES.history);
  const screen = new HistoryScreen(page);
  await expect(screen.rows).toContainText([SIGNED_IN, REFUSED, '本登録が完了しました']);
  await expect(screen.rows.nth(0)).toContainText('Chrome');
  await expect(screen.rows.nth(0)).toContainText(`${thisYear()}年`);
  await expect(screen.rows.nth(0)).toContainText('127.0.0.1');
  await expect(screen.here).toHaveCount(1);
  await expect(screen.rows.nth(0)).toContainText('この端末');
  await expect(screen.rows.nth(1)).toContainText('失敗');
});

test('MP-85 one kind alone, and all kinds again', { tag: ['@desktop', '@nojs'] }, async ({ page, makeMember, client }) => {
  const member = await makeMember();
  await guess(client, member, 1);
  await signIn(page, member);
  await signOut(page);
  await signIn(page, member);
  const screen = await HistoryScreen.open(page);
  await expect(screen.rows).toHaveCount(5);
  await screen.filter('失敗').click();
  await expect(screen.shown).toHaveText('失敗');
  await expect(screen.rows).toContainText([REFUSED]);
  await screen.filter('ログアウト').click();
  await expect(screen.rows).toContainText(['ログアウトしました']);
  await screen.filter('セキュリティの変更').click();
  await expect(screen.rows).toHaveCount(0);
  await expect(screen.main).toContainText('記録はありません');
  await screen.filter('すべて').click();
  await expect(screen.rows).toHaveCount(5);
});

test('MP-85 twelve guesses are one row that opens', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, client }) => {
  const member = await makeMember();
  await guess(client, member, 12);
  await resumeSession(member);
  const screen = await HistoryScreen.open(page);
  await expect(screen.rows).toHaveCount(2);
  const folded = screen.rows.first();
  await expect(folded).toContainText('12回');
  const each = folded.locator('.record').filter({ hasText: REFUSED });
  await expect(each).toHaveCount(12);
  await expect(each.first()).toBeHidden();
  await folded.locator('summary').click();
  await expect(each.first()).toBeVisible();
});

test('MP-85 older records are on the next pages, and the way back is there', async ({ page, makeMember, resumeSession, client }) => {
  const member = await makeMember();
  await guess(client, member, 35);
  await resumeSession(member);
  const screen = await HistoryScreen.open(page);
  await expect(screen.newest).toHaveCount(0);
  await screen.older.click();
  await expect(screen.rows.last()).toContainText('本登録が完了しました');
  await expect(screen.older).toHaveCount(0);
  await screen.newest.click();
  await expect(screen.older).toBeVisible();
});

test('MP-86 nothing on the page clears the history', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await HistoryScreen.open(page);
  await expect(screen.rows).toHaveCount(1);
  await expect(screen.main.locator('form, button')).toHaveCount(0);
});

test('MP-87 an unfamiliar record leads to the password and to 2段階認証', { tag: '@phone' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await HistoryScreen.open(page);
  await screen.unfamiliar.locator('summary').click();
  await expect(screen.unfamiliar.locator('a')).toHaveCount(2);
  await expect(screen.unfamiliar.locator(linkTo(PAGES.secondFactor))).toBeVisible();
  await screen.unfamiliar.locator(linkTo(PAGES.profile)).click();
  await expectPath(page, PAGES.profile);
});

test('MP-85 in English', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' }));
  const screen = await HistoryScreen.open(page);
  await expect(screen.rows).toContainText(['Registration completed']);
  await expect(screen.rows.first()).toContainText('(JST)');
});
