// 退会 and マイデータ (MP-91 to MP-94, MP-12, C-11).
import { test, expect } from '../fixtures';
import { download, requestDataExport, withdraw } from '../flows/withdrawal';
import { expectSignedIn, submitSignIn } from '../flows/sign_in';
import { makeMember as register } from '../fixtures/member';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { HistoryScreen } from '../screens/history';
import { DataExportScreen, WithdrawnScreen, WithdrawScreen } from '../screens/withdrawal';
import { MenuScreen } from '../screens/menu';
import { expectPath, expectRefused, linkTo } from '../screens/shell';

test('MP-91 MP-93 from the menu to the last button: a receipt number, an email, and no account', { tag: '@journey' }, async ({ page, site, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  const menu = await MenuScreen.open(page);
  await menu.links.filter({ hasText: 'Tegataを退会' }).click();
  await expectPath(page, PAGES.withdraw);
  const screen = new WithdrawScreen(page);
  await expect(screen.gone).toHaveCount(5);
  await expect(screen.main).toContainText('取り消しや復元はできません');
  await expect(screen.toData).toBeVisible();
  await screen.submit.click();
  await expectRefused(screen, 'agree', /チェックを入れてください/);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.account);

  const number = await withdraw(page);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toContain('退会');
  expect(email.text).toContain(number);
  await page.reload();
  await expect(new WithdrawnScreen(page).receipt).toHaveText(number);
  expect((await page.context().cookies()).filter(({ name }) => /session|remembered|browser/.test(name))).toEqual([]);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.signIn);
  const refused = await submitSignIn(page, member);
  await expect(refused.errorSummary).toContainText('正しくありません');
});

test('MP-12 MP-92 the address is free at once, for an account with nothing of the old one', async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const elsewhere = await anotherBrowser();
  await elsewhere.context().addCookies(member.cookies);
  await elsewhere.goto(PAGES.home);
  await expectSignedIn(elsewhere);
  await resumeSession(member);
  await withdraw(page);
  await elsewhere.goto(PAGES.account);
  await expectPath(elsewhere, PAGES.signIn);

  await site.mail.emailTo(member.email);
  const again = await register(site, 'ja', { email: member.email, familyName: '新山' });
  await resumeSession(again);
  const account = await AccountScreen.open(page);
  await expect(account.facts).toContainText('新山');
  await expect((await HistoryScreen.open(page)).rows).toHaveCount(1);
});

test('MP-33 MP-93 withdrawal in English', { tag: '@nojs' }, async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await page.context().addCookies(member.cookies);
  const screen = await WithdrawScreen.open(page);
  await expect(screen.main).toContainText('What is erased');
  await screen.submit.click();
  await expectRefused(screen, 'agree', /tick the box/);
  const number = await withdraw(page);
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toBe('Your Tegata account has been deleted');
  expect(email.text).toContain(number);
});

test('my data is prepared, announced by email, and downloaded in both formats', { tag: '@journey' }, async ({ page, site, makeMember, resumeSession }) => {
  const member = await makeMember('ja', { familyName: '<b>𠮷田</b>' });
  await resumeSession(member);
  const account = await AccountScreen.open(page);
  await account.main.locator(linkTo(PAGES.dataExport)).click();
  await expectPath(page, PAGES.dataExport);
  await expect(new DataExportScreen(page).prepare).toBeVisible();
  const screen = await requestDataExport(page, site, member.email);
  const email = site.mail.received(member.email).at(-1);
  expect(email?.subject).toContain('マイデータ');
  expect(email?.text).toContain(`${site.url}${PAGES.dataExport}`);

  const json = await download(page, screen.json);
  expect(json.name).toBe('my-data.json');
  const data = JSON.parse(json.text) as Record<string, Record<string, unknown>[]>;
  expect(data.identifier?.[0]?.value).toBe(member.email);
  const html = await download(page, screen.html);
  expect(html.name).toBe('my-data.html');
  expect(html.text).toContain('<html lang="ja">');
  expect(html.text).toContain('&#60;b&#62;𠮷田&#60;/b&#62;');
});

test('MP-33 my data in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await page.context().addCookies(member.cookies);
  const screen = await requestDataExport(page, site, member.email);
  expect(site.mail.received(member.email).at(-1)?.subject).toBe('Tegata: your data is ready');
  const html = await download(page, screen.html);
  expect(html.text).toContain('<html lang="en">');
  expect(html.text).toContain('Registration completed');
});
