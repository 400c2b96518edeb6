// 退会 and マイデータ (MP-91 to MP-94, MP-12, C-11).
import { test, expect } from '../fixtures';
import { downloaded, prepareData, withdraw } from '../deeds/leaving';
import { expectSignedIn, trySignIn } from '../deeds/sign_in';
import { makeMember as register } from '../fixtures/member';
import { AccountScreen } from '../screens/account';
import { HistoryScreen } from '../screens/history';
import { MyDataScreen, WithdrawnScreen, WithdrawScreen } from '../screens/leaving';
import { MenuScreen } from '../screens/menu';
import { expectPath, expectRefused } from '../screens/shell';

test('MP-91 MP-93 from the menu to the last button: gone, with a number and a letter', async ({ page, site, makeMember, enterAs }) => {
  const member = await makeMember();
  await enterAs(member);
  const menu = await MenuScreen.open(page);
  await menu.links.filter({ hasText: 'Tegataを退会' }).click();
  await expectPath(page, '/account/withdraw');
  const screen = new WithdrawScreen(page);
  await expect(screen.gone).toHaveCount(5);
  await expect(screen.main).toContainText('取り消しや復元はできません');
  await expect(screen.toData).toBeVisible();
  await screen.submit.click();
  await expectRefused(screen, 'agree', /チェックを入れてください/);
  await page.goto('/account');
  await expectPath(page, '/account');

  const number = await withdraw(page);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toContain('退会');
  expect(letter.text).toContain(number);
  await page.reload();
  await expect(new WithdrawnScreen(page).receipt).toHaveText(number);
  expect((await page.context().cookies()).filter(({ name }) => /session|remembered|browser/.test(name))).toEqual([]);
  await page.goto('/account');
  await expectPath(page, '/sign-in');
  const refused = await trySignIn(page, member);
  await expect(refused.errorSummary).toContainText('正しくありません');
});

test('MP-12 MP-92 the address is free at once, for an account with nothing of the old one', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const elsewhere = await anotherBrowser();
  await elsewhere.context().addCookies(member.cookies);
  await elsewhere.goto('/');
  await expectSignedIn(elsewhere);
  await enterAs(member);
  await withdraw(page);
  await elsewhere.goto('/account');
  await expectPath(elsewhere, '/sign-in');

  await site.mail.letterTo(member.email);
  const again = await register(site, 'ja', { email: member.email, familyName: '新山' });
  await enterAs(again);
  const account = await AccountScreen.open(page);
  await expect(account.facts).toContainText('新山');
  await expect((await HistoryScreen.open(page)).rows).toHaveCount(1);
});

test('MP-33 MP-93 leaving in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await page.context().addCookies(member.cookies);
  const screen = await WithdrawScreen.open(page);
  await expect(screen.main).toContainText('What is erased');
  await screen.submit.click();
  await expectRefused(screen, 'agree', /tick the box/);
  const number = await withdraw(page);
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toBe('Your Tegata account has been deleted');
  expect(letter.text).toContain(number);
});

test('my data is prepared, told by letter, and downloaded in both forms', async ({ page, site, makeMember, enterAs }) => {
  const member = await makeMember('ja', { familyName: '<b>𠮷田</b>' });
  await enterAs(member);
  const account = await AccountScreen.open(page);
  await account.main.locator('a[href="/account/data"]').click();
  await expectPath(page, '/account/data');
  await expect(new MyDataScreen(page).prepare).toBeVisible();
  const screen = await prepareData(page, site, member.email);
  const letter = site.mail.arrivedAt(member.email).at(-1);
  expect(letter?.subject).toContain('マイデータ');
  expect(letter?.text).toContain(`${site.url}/account/data`);

  const json = await downloaded(page, screen.json);
  expect(json.name).toBe('my-data.json');
  const data = JSON.parse(json.text) as Record<string, Record<string, unknown>[]>;
  expect(data.member?.[0]?.email).toBe(member.email);
  const html = await downloaded(page, screen.html);
  expect(html.name).toBe('my-data.html');
  expect(html.text).toContain('<html lang="ja">');
  expect(html.text).toContain('&lt;b&gt;𠮷田&lt;/b&gt;');
});

test('MP-33 my data in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await page.context().addCookies(member.cookies);
  const screen = await prepareData(page, site, member.email);
  expect(site.mail.arrivedAt(member.email).at(-1)?.subject).toBe('Tegata: your data is ready');
  const html = await downloaded(page, screen.html);
  expect(html.text).toContain('<html lang="en">');
  expect(html.text).toContain('Registration completed');
});
