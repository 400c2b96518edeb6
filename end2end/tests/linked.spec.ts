// SNSアカウント連携: linking and unlinking (MP-60 to MP-64, MP-67).
import { test, expect } from '../fixtures/providers';
import { agree, aLogin, enterWith, expectLedToNothing, expectLinked, expectNotLinked, expectWaiting, goTo, link, masked, throughProvider, unlink } from '../deeds/linked';
import { withdraw } from '../deeds/leaving';
import { expectSignedIn, expectSignedOut, signIn, signOut } from '../deeds/sign_in';
import { AccountScreen } from '../screens/account';
import { HistoryScreen } from '../screens/history';
import { chosenEarlier } from '../screens/language';
import { IDS, LinkedScreen, NAMES, NOT_USED, providerButton, providerButtons, ProviderScreen, RETRY, USED, USED_ELSEWHERE, willBeLinked } from '../screens/linked';
import { MenuScreen } from '../screens/menu';
import { ConfirmScreen } from '../screens/second_step';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('MP-60 MP-61 MP-63 MP-67 from ホーム by 会員情報参照 to the list: three providers, none in use, and what to try', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  const menu = await MenuScreen.open(page);
  await menu.accountLink.click();
  await expectPath(page, '/account');
  await new AccountScreen(page).main.locator('a[href="/account/linked"]').first().click();
  await expectPath(page, '/account/linked');
  const screen = new LinkedScreen(page);
  await expect(screen.heading).toHaveText('SNSアカウント連携');
  await expect(screen.rows).toHaveCount(3);
  for (const id of IDS) {
    await expect(screen.row(id)).toContainText(NOT_USED);
    await expect(screen.row(id).getByRole('button', { name: `${NAMES[id]}と連携する` })).toBeVisible();
  }
  await screen.help.first().locator('summary').click();
  await expect(screen.help.first().locator('li')).toHaveText(RETRY);
});

test('MP-61 MP-63 linked, told by letter and history, used, unlinked', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  const login = aLogin();
  await enterAs(member);
  const screen = await link(page, 'google', login);
  await expect(screen.row('google')).toContainText(USED);
  await expect(screen.row('google')).toContainText('連携日時');
  await expect(screen.row('google')).toContainText(masked(login));
  await expect(screen.row('google')).not.toContainText(login);
  await expect(screen.row('yahoo')).toContainText(NOT_USED);
  const told = await site.mail.letterTo(member.email);
  expect(told.subject).toContain('連携');
  expect(told.text).toContain('Google');
  expect(told.text).not.toContain(login);
  await expect((await HistoryScreen.open(page)).rows.first()).toContainText('Google');

  const elsewhere = await anotherBrowser();
  const signInScreen = await SignInScreen.open(elsewhere);
  await expect(signInScreen.main.getByRole('button', { name: 'Googleアカウントでログイン' })).toBeVisible();
  await throughProvider(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  await expect((await HistoryScreen.open(elsewhere)).rows.first()).toContainText('Google');
  await expect((await LinkedScreen.open(page)).row('google')).toContainText('最終利用');

  // What tells of the new browser is read away, so that the next letter is that of the unlinking.
  await site.mail.letterTo(member.email);
  await unlink(page, 'google');
  await expect(screen.row('google')).toContainText(NOT_USED);
  const gone = await site.mail.letterTo(member.email);
  expect(gone.subject).toContain('解除');
  expect(gone.text).toContain('Google');
  await expect((await HistoryScreen.open(page)).rows.first()).toContainText('解除しました（Google）');

  await signOut(elsewhere);
  await enterWith(elsewhere, 'google', login);
  await expectWaiting(elsewhere, 'google');
  await expectSignedOut(elsewhere);
});

test('MP-33 linking, coming in and unlinking in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const login = aLogin();
  const page = await anotherBrowser('en');
  await page.context().addCookies(member.cookies);
  const screen = await LinkedScreen.open(page);
  await expect(screen.row('google')).toContainText('Not in use');
  await expect(screen.link('google')).toHaveText('Link');
  await link(page, 'google', login);
  await expect(screen.row('google')).toContainText('In use');
  const letter = await site.mail.letterTo(member.email);
  expect(letter.subject).toMatch(/linked/);
  expect(letter.text).toContain('Google');

  const elsewhere = await anotherBrowser('en');
  await chosenEarlier(elsewhere.context(), site.url, 'en');
  const signInScreen = await SignInScreen.open(elsewhere);
  await expect(signInScreen.main.getByRole('heading', { name: 'Sign in with an SNS account' })).toBeVisible();
  await expect(signInScreen.main.getByRole('button', { name: 'Sign in with Google' })).toBeVisible();
  await throughProvider(elsewhere, 'google', aLogin());
  await expect(signInScreen.main).toContainText(willBeLinked('google', 'en'));
  const home = await anotherBrowser('en');
  await enterWith(home, 'google', login);
  await expectSignedIn(home);
  await unlink(page, 'google');
  await expect(screen.row('google')).toContainText('Not in use');
});

test('MP-61 a remembered browser proves first who it is, and is then where it wanted to go', async ({ page, makeMember, guard }) => {
  // The page's question is refused before 本人確認.
  guard.allow(/status of 403/);
  const member = await makeMember();
  await signIn(page, member, { remember: true });
  await page.context().clearCookies({ name: 'session' });
  await page.goto('/account');
  await page.locator('main a[href="/account/linked"]').click();
  await expectPath(page, '/account/confirm');
  const screen = new ConfirmScreen(page);
  await screen.password.fill(member.password);
  await screen.submit.click();
  await expectPath(page, '/account/linked');
  await throughProvider(page, 'google', aLogin());
  await expectDone(page, '/account/linked', 'linked');
});

test('MP-62 one account of each provider, side by side; each comes in', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  for (const id of IDS) await link(page, id, login);
  for (const id of IDS) {
    const elsewhere = await anotherBrowser();
    await enterWith(elsewhere, id, login);
    await expectSignedIn(elsewhere);
  }
});

test('MP-62 a second account of the same provider has no button, and one sent all the same is refused', async ({ page, context, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  const late = await context.newPage();
  await LinkedScreen.open(late);
  const login = aLogin();
  const screen = await link(page, 'google', login);
  await expect(screen.link('google')).toHaveCount(0);
  // The other tab still has the old page.
  await throughProvider(late, 'google', aLogin());
  await expectLedToNothing(late, '/account/linked', 'other_linked', 'google');
  const elsewhere = await anotherBrowser();
  await enterWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-64 in use by another ID: the sentence, nothing about whose, and free once unlinked there', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const first = await makeMember('ja', { familyName: '先山' });
  const second = await makeMember();
  const login = aLogin();
  await enterAs(first);
  await link(page, 'google', login);

  const other = await anotherBrowser();
  await other.context().addCookies(second.cookies);
  await LinkedScreen.open(other);
  await throughProvider(other, 'google', login);
  await expectLedToNothing(other, '/account/linked', 'used_elsewhere', 'google');
  await expect(other.locator('main')).toContainText(USED_ELSEWHERE);
  await expect(other.locator('body')).not.toContainText(first.email);
  await expect(other.locator('body')).not.toContainText(first.familyName);
  await expectNotLinked(other, 'google');

  await unlink(page, 'google');
  await link(other, 'google', login);
});

for (const id of ['yahoo', 'facebook'] as const) {
  test(`MP-60 ${NAMES[id]} is linked, comes in, and is unlinked`, async ({ page, makeMember, enterAs, anotherBrowser }) => {
    const login = aLogin();
    await enterAs(await makeMember());
    await link(page, id, login);
    const elsewhere = await anotherBrowser();
    await enterWith(elsewhere, id, login);
    await expectSignedIn(elsewhere);
    await unlink(page, id);
    await signOut(elsewhere);
    await enterWith(elsewhere, id, login);
    await expectWaiting(elsewhere, id);
  });

  test(`a person without an address links ${NAMES[id]} and comes in`, async ({ page, makeMember, enterAs, anotherBrowser }) => {
    const login = aLogin().replace('@example.jp', '');
    await enterAs(await makeMember());
    const screen = await link(page, id, login);
    await expect(screen.row(id)).toContainText(USED);
    const elsewhere = await anotherBrowser();
    await enterWith(elsewhere, id, login);
    await expectSignedIn(elsewhere);
  });
}

test('cancelled at the provider: back where it began, with a message, and again', async ({ page, makeMember, enterAs }) => {
  for (const [address, id] of [['/sign-in', 'google'], ['/register', 'yahoo'], ['/sign-in', 'facebook']] as const) {
    await page.goto(address);
    await (await goTo(page, id)).no.click();
    await expectLedToNothing(page, address, 'cancelled', id);
    await expect(providerButtons(page)).toHaveCount(3);
  }
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  await (await goTo(page, 'google')).no.click();
  await expectLedToNothing(page, '/account/linked', 'cancelled', 'google');
  await throughProvider(page, 'google', aLogin());
  await expectDone(page, '/account/linked', 'linked');
});

test('back from the provider by the browser, and once more', async ({ page, makeMember, enterAs, guard }) => {
  // The provider's page of a choice that was made already.
  guard.allow(/status of 410/);
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  await goTo(page, 'google');
  await page.goBack();
  await expectPath(page, '/account/linked');
  await throughProvider(page, 'google', aLogin());
  await expectDone(page, '/account/linked', 'linked');
  await page.goBack();
  await expectLinked(page, 'google');
});

test('two providers in two tabs do not disturb each other', async ({ page, context, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  const other = await context.newPage();
  await LinkedScreen.open(page);
  await LinkedScreen.open(other);
  const atGoogle = await goTo(page, 'google');
  const atYahoo = await goTo(other, 'yahoo');
  await agree(atGoogle, aLogin());
  await expectDone(page, '/account/linked', 'linked');
  await agree(atYahoo, aLogin());
  await expectDone(other, '/account/linked', 'linked');
  await expectLinked(page, 'google');
  await expectLinked(page, 'yahoo');
});

test('a double click on the button is one visit that ends well', async ({ page, makeMember, enterAs }) => {
  await enterAs(await makeMember());
  await LinkedScreen.open(page);
  await providerButton(page, 'google').dblclick();
  const screen = new ProviderScreen(page);
  await expect(screen.yes).toBeVisible();
  await agree(screen, aLogin());
  await expectDone(page, '/account/linked', 'linked');
});

test('MP-62 two members link the same account at the same time: one wins', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  const other = await anotherBrowser();
  await enterAs(await makeMember());
  await other.context().addCookies((await makeMember()).cookies);
  const screens = [];
  for (const each of [page, other]) {
    await LinkedScreen.open(each);
    const screen = await goTo(each, 'google');
    await screen.who('').check();
    await screen.typed.fill(login);
    screens.push(screen);
  }
  await Promise.all(screens.map((screen) => screen.yes.click()));
  const ended = [];
  for (const each of [page, other]) {
    await expectPath(each, '/account/linked');
    await expect(new LinkedScreen(each).done.or(new LinkedScreen(each).warning).first()).toBeVisible();
    const { searchParams } = new URL(each.url());
    ended.push(searchParams.get('done') ?? searchParams.get('sns'));
  }
  expect(ended.sort()).toEqual(['linked', 'used_elsewhere']);
});

test('MP-92 who leaves sets the account free for another member', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const login = aLogin();
  await enterAs(await makeMember());
  await link(page, 'google', login);
  await withdraw(page);
  await enterWith(page, 'google', login);
  await expectWaiting(page, 'google');

  const other = await anotherBrowser();
  await other.context().addCookies((await makeMember()).cookies);
  await link(other, 'google', login);
});
