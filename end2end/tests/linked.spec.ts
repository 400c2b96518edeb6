// SNSアカウント連携: linking and unlinking (MP-60 to MP-64, MP-67).
import { test, expect } from '../fixtures/providers';
import { consent, randomLogin, signInWith, expectProviderError, expectLinked, expectNotLinked, expectPendingLink, goToProvider, link, masked, authenticateWith, unlink } from '../flows/linked';
import { withdraw } from '../flows/withdrawal';
import { expectSignedIn, expectSignedOut, signIn, signOut } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { HistoryScreen } from '../screens/history';
import { chosenEarlier } from '../screens/language';
import { IDS, LinkedScreen, NAMES, NOT_USED, providerButton, providerButtons, ProviderScreen, RETRY, USED, USED_ELSEWHERE, willBeLinked } from '../screens/linked';
import { MenuScreen } from '../screens/menu';
import { ReauthenticationScreen } from '../screens/second_factor';
import { expectDone, expectPath, linkTo } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('MP-60 MP-61 MP-63 MP-67 from ホーム by 会員情報参照 to the list: three providers, none in use, and what to try', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  await menu.accountLink.click();
  await expectPath(page, PAGES.account);
  await new AccountScreen(page).main.locator(linkTo(PAGES.linked)).first().click();
  await expectPath(page, PAGES.linked);
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

test('MP-61 MP-63 an account is linked, shown in an email and the history, used, and unlinked', { tag: '@journey' }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  const login = randomLogin();
  await resumeSession(member);
  const screen = await link(page, 'google', login);
  await expect(screen.row('google')).toContainText(USED);
  await expect(screen.row('google')).toContainText('連携日時');
  await expect(screen.row('google')).toContainText(masked(login));
  await expect(screen.row('google')).not.toContainText(login);
  await expect(screen.row('yahoo')).toContainText(NOT_USED);
  const notification = await site.mail.emailTo(member.email);
  expect(notification.subject).toContain('連携');
  expect(notification.text).toContain('Google');
  expect(notification.text).not.toContain(login);
  await expect((await HistoryScreen.open(page)).rows.first()).toContainText('Google');

  const elsewhere = await anotherBrowser();
  const signInScreen = await SignInScreen.open(elsewhere);
  await expect(signInScreen.main.getByRole('button', { name: 'Googleアカウントでログイン' })).toBeVisible();
  await authenticateWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
  await expect((await HistoryScreen.open(elsewhere)).rows.first()).toContainText('Google');
  await expect((await LinkedScreen.open(page)).row('google')).toContainText('最終利用');

  // The notification of the new browser is read first, so that the next email is that of the unlinking.
  await site.mail.emailTo(member.email);
  await unlink(page, 'google');
  await expect(screen.row('google')).toContainText(NOT_USED);
  const gone = await site.mail.emailTo(member.email);
  expect(gone.subject).toContain('解除');
  expect(gone.text).toContain('Google');
  await expect((await HistoryScreen.open(page)).rows.first()).toContainText('解除しました（Google）');

  await signOut(elsewhere);
  await signInWith(elsewhere, 'google', login);
  await expectPendingLink(elsewhere, 'google');
  await expectSignedOut(elsewhere);
});

test('MP-33 linking, signing in and unlinking in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const login = randomLogin();
  const page = await anotherBrowser('en');
  await page.context().addCookies(member.cookies);
  const screen = await LinkedScreen.open(page);
  await expect(screen.row('google')).toContainText('Not in use');
  await expect(screen.link('google')).toHaveText('Link');
  await link(page, 'google', login);
  await expect(screen.row('google')).toContainText('In use');
  const email = await site.mail.emailTo(member.email);
  expect(email.subject).toMatch(/linked/);
  expect(email.text).toContain('Google');

  const elsewhere = await anotherBrowser('en');
  await chosenEarlier(elsewhere.context(), site.url, 'en');
  const signInScreen = await SignInScreen.open(elsewhere);
  await expect(signInScreen.main.getByRole('heading', { name: 'Sign in with an SNS account' })).toBeVisible();
  await expect(signInScreen.main.getByRole('button', { name: 'Sign in with Google' })).toBeVisible();
  await authenticateWith(elsewhere, 'google', randomLogin());
  await expect(signInScreen.main).toContainText(willBeLinked('google', 'en'));
  const home = await anotherBrowser('en');
  await signInWith(home, 'google', login);
  await expectSignedIn(home);
  await unlink(page, 'google');
  await expect(screen.row('google')).toContainText('Not in use');
});

test('MP-61 a remembered browser reauthenticates and then reaches the page it asked for', { tag: '@nojs' }, async ({ page, makeMember, guard }) => {
  // The page's request is refused before 本人確認.
  guard.allow(/status of 403/);
  const member = await makeMember();
  await signIn(page, member, { remember: true });
  await page.context().clearCookies({ name: 'session' });
  await page.goto(PAGES.account);
  await page.locator(`main ${linkTo(PAGES.linked)}`).click();
  await expectPath(page, PAGES.reauthenticate);
  const screen = new ReauthenticationScreen(page);
  await screen.password.fill(member.password);
  await screen.submit.click();
  await expectPath(page, PAGES.linked);
  await authenticateWith(page, 'google', randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
});

test('MP-62 one account of each provider side by side; each signs in', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  for (const id of IDS) await link(page, id, login);
  for (const id of IDS) {
    const elsewhere = await anotherBrowser();
    await signInWith(elsewhere, id, login);
    await expectSignedIn(elsewhere);
  }
});

test('MP-62 a second account of the same provider has no button, and a forged request is refused', async ({ page, context, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const late = await context.newPage();
  await LinkedScreen.open(late);
  const login = randomLogin();
  const screen = await link(page, 'google', login);
  await expect(screen.link('google')).toHaveCount(0);
  // The other tab still has the old page.
  await authenticateWith(late, 'google', randomLogin());
  await expectProviderError(late, PAGES.linked, 'other_linked', 'google');
  const elsewhere = await anotherBrowser();
  await signInWith(elsewhere, 'google', login);
  await expectSignedIn(elsewhere);
});

test('MP-64 in use by another ID: the sentence, nothing about its owner, and free once unlinked there', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const first = await makeMember('ja', { familyName: '先山' });
  const second = await makeMember();
  const login = randomLogin();
  await resumeSession(first);
  await link(page, 'google', login);

  const other = await anotherBrowser();
  await other.context().addCookies(second.cookies);
  await LinkedScreen.open(other);
  await authenticateWith(other, 'google', login);
  await expectProviderError(other, PAGES.linked, 'used_elsewhere', 'google');
  await expect(other.locator('main')).toContainText(USED_ELSEWHERE);
  await expect(other.locator('body')).not.toContainText(first.email);
  await expect(other.locator('body')).not.toContainText(first.familyName);
  await expectNotLinked(other, 'google');

  await unlink(page, 'google');
  await link(other, 'google', login);
});

for (const id of ['yahoo', 'facebook'] as const) {
  test(`MP-60 ${NAMES[id]} is linked, signs in, and is unlinked`, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
    const login = randomLogin();
    await resumeSession(await makeMember());
    await link(page, id, login);
    const elsewhere = await anotherBrowser();
    await signInWith(elsewhere, id, login);
    await expectSignedIn(elsewhere);
    await unlink(page, id);
    await signOut(elsewhere);
    await signInWith(elsewhere, id, login);
    await expectPendingLink(elsewhere, id);
  });

  test(`an account of ${NAMES[id]} without an address is linked and signs in`, { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
    const login = randomLogin().replace('@example.jp', '');
    await resumeSession(await makeMember());
    const screen = await link(page, id, login);
    await expect(screen.row(id)).toContainText(USED);
    const elsewhere = await anotherBrowser();
    await signInWith(elsewhere, id, login);
    await expectSignedIn(elsewhere);
  });
}

test('cancelled at the provider: back where it began, with a message, and again', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  for (const [address, id] of [[PAGES.signIn, 'google'], [PAGES.register, 'yahoo'], [PAGES.signIn, 'facebook']] as const) {
    await page.goto(address);
    await (await goToProvider(page, id)).no.click();
    await expectProviderError(page, address, 'cancelled', id);
    await expect(providerButtons(page)).toHaveCount(3);
  }
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  await (await goToProvider(page, 'google')).no.click();
  await expectProviderError(page, PAGES.linked, 'cancelled', 'google');
  await authenticateWith(page, 'google', randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
});

test('back from the provider by the browser, and once more', async ({ page, makeMember, resumeSession, guard }) => {
  // The provider's page of a choice that was made already.
  guard.allow(/status of 410/);
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  await goToProvider(page, 'google');
  await page.goBack();
  await expectPath(page, PAGES.linked);
  await authenticateWith(page, 'google', randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
  await page.goBack();
  await expectLinked(page, 'google');
});

test('two providers in two tabs do not disturb each other', async ({ page, context, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const other = await context.newPage();
  await LinkedScreen.open(page);
  await LinkedScreen.open(other);
  const atGoogle = await goToProvider(page, 'google');
  const atYahoo = await goToProvider(other, 'yahoo');
  await consent(atGoogle, randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
  await consent(atYahoo, randomLogin());
  await expectDone(other, PAGES.linked, 'linked');
  await expectLinked(page, 'google');
  await expectLinked(page, 'yahoo');
});

test('a double click on the button links once', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await LinkedScreen.open(page);
  await providerButton(page, 'google').dblclick();
  const screen = new ProviderScreen(page);
  await expect(screen.yes).toBeVisible();
  await consent(screen, randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
});

test('MP-62 two members link the same account at the same time: one wins', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  const other = await anotherBrowser();
  await resumeSession(await makeMember());
  await other.context().addCookies((await makeMember()).cookies);
  const screens = [];
  for (const each of [page, other]) {
    await LinkedScreen.open(each);
    const screen = await goToProvider(each, 'google');
    await screen.who('').check();
    await screen.typed.fill(login);
    screens.push(screen);
  }
  await Promise.all(screens.map((screen) => screen.yes.click()));
  const ended = [];
  for (const each of [page, other]) {
    await expectPath(each, PAGES.linked);
    await expect(new LinkedScreen(each).done.or(new LinkedScreen(each).warning).first()).toBeVisible();
    const { searchParams } = new URL(each.url());
    ended.push(searchParams.get('done') ?? searchParams.get('provider_error'));
  }
  expect(ended.sort()).toEqual(['linked', 'used_elsewhere']);
});

test('MP-92 a member who leaves frees the account for another member', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const login = randomLogin();
  await resumeSession(await makeMember());
  await link(page, 'google', login);
  await withdraw(page);
  await signInWith(page, 'google', login);
  await expectPendingLink(page, 'google');

  const other = await anotherBrowser();
  await other.context().addCookies((await makeMember()).cookies);
  await link(other, 'google', login);
});
