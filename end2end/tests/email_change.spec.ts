// メールアドレスの変更, with the letters that are sent on the way.
import { test, expect } from '../fixtures';
import { anAddress, aPassword } from '../fixtures/member';
import { expectDeadLink, setNewPassword } from '../deeds/alerts';
import { askFor, confirmByLink, confirmingLink, letterTo, undoChange, undoingLink } from '../deeds/email_change';
import { anotherCode, codeIn, fullWidth, linkIn } from '../deeds/letters';
import { setUpMail, turnOn } from '../deeds/second_step';
import { signIn, trySignIn } from '../deeds/sign_in';
import { EmailConfirmScreen, EmailScreen, EmailUndoScreen, MAIL_FACTOR } from '../screens/email_change';
import { KANA } from '../screens/language';
import { MenuScreen } from '../screens/menu';
import { SecondFactorScreen } from '../screens/second_step';
import { expectDone, expectPath, expectRefused } from '../screens/shell';

test('MP-68 the code of the letter completes the change; the menu, 会員情報参照 and the history show it', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  const screen = await EmailScreen.open(page);
  await expect(screen.now).toContainText(member.email);
  await screen.email.fill(member.email);
  await screen.submit.click();
  await expectRefused(screen, 'email', /同じメールアドレス/);

  const next = anAddress();
  await screen.email.fill(fullWidth(next));
  await screen.submit.click();
  await expectDone(page, '/account/email', 'asked');
  await expect(screen.waiting).toHaveText(next);
  const code = codeIn(await letterTo(site, next, '/account/email/confirm'));
  await screen.code.fill(anotherCode(code));
  await screen.complete.click();
  await expectRefused(screen, 'code', /確認コード/);
  await signIn(await anotherBrowser(), member); // the old address still works
  await screen.code.fill(fullWidth(code));
  await screen.complete.click();
  await expectDone(page, '/account', 'email');
  await expect(screen.main).toContainText(next);
  await page.goto('/');
  await expect(new MenuScreen(page).main).toContainText(`${next.slice(0, 2)}***@`);
  await page.goto('/account/history?kind=account');
  await expect(screen.main).toContainText('メールアドレスを変更しました');
  await signIn(await anotherBrowser(), { ...member, email: next });
  const old = await trySignIn(await anotherBrowser(), member);
  await expect(old.errorSummary).toBeVisible();
});

test('MP-71 the link works on another device with the password, once, and signs nobody in', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  const next = anAddress();
  await askFor(page, next);
  const link = await confirmingLink(site, next);
  const phone = await anotherBrowser();
  const screen = await EmailConfirmScreen.open(phone, link);
  await expect(screen.address).toHaveText(next);
  await screen.password.fill('not-the-password-1');
  await screen.submit.click();
  await expectRefused(screen, 'current_password', /パスワード/);
  await confirmByLink(phone, link, member.password);
  await phone.goto('/account');
  await expectPath(phone, '/sign-in');
  await expectDeadLink(phone, link);
  await page.goto('/account');
  await expect(new EmailScreen(page).main).toContainText(next);
  await signIn(phone, { ...member, email: next });
});

test('a change that waits is shown, sent again and cancelled; the letters before are of no use', async ({ page, site, makeMember, enterAs }) => {
  const member = await makeMember();
  await enterAs(member);
  const next = anAddress();
  const screen = await askFor(page, next);
  const first = await confirmingLink(site, next);
  const stop = await undoingLink(site, member.email);
  await screen.again.click();
  await expectDone(page, '/account/email', 'sent-again');
  const second = await confirmingLink(site, next);
  await expectDeadLink(page, first);
  await EmailScreen.open(page);
  await screen.cancel.click();
  await expectDone(page, '/account/email', 'cancelled');
  await expect(screen.email).toBeVisible();
  await expect(screen.now).toContainText(member.email);
  await expectDeadLink(page, second);
  await expectDeadLink(page, stop);
});

test('MP-69 an address that somebody has looks like any other, and gets no letter', async ({ page, site, makeMember, enterAs, noLetterTo }) => {
  const other = await makeMember();
  const letters = site.mail.arrivedAt(other.email).length;
  const member = await makeMember();
  await enterAs(member);
  const screen = await askFor(page, other.email);
  await expect(screen.code).toBeVisible();
  await undoingLink(site, member.email);
  await noLetterTo(other.email, letters);
});

test('MP-70 codes by letter refuse the change, in its words, until they are removed', async ({ page, site, makeMember, enterAs }) => {
  const member = await makeMember();
  await enterAs(member);
  const next = anAddress();
  await askFor(page, next);
  const link = await confirmingLink(site, next);
  await turnOn(page);
  await setUpMail(page, site.mail, member.email);
  const blocked = await EmailConfirmScreen.open(page, link);
  await expect(blocked.main).toContainText(MAIL_FACTOR);
  const screen = await EmailScreen.open(page);
  await expect(screen.main).toContainText(MAIL_FACTOR);
  await expect(screen.code).toHaveCount(0);
  await screen.toSecondStep.click();
  await new SecondFactorScreen(page).removeMail.click();
  await expectDone(page, '/account/second-step', 'mail-removed');
  await confirmByLink(page, link);
});

test('the old mailbox stops a change that waits', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  const next = anAddress();
  await askFor(page, next);
  const link = await confirmingLink(site, next);
  const owner = await anotherBrowser();
  await undoChange(owner, await undoingLink(site, member.email));
  await expectDeadLink(owner, link);
  await page.goto('/account');
  await expectPath(page, '/sign-in');
});

test('the old mailbox brings its address back, and a new password by letter opens the account', async ({ page, site, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member); // somebody else, at an unlocked browser
  const next = anAddress();
  await askFor(page, next);
  const first = await undoingLink(site, member.email);
  await confirmByLink(page, await confirmingLink(site, next));
  const second = await undoingLink(site, member.email);

  const owner = await anotherBrowser();
  const screen = await EmailUndoScreen.open(owner, second);
  await expect(screen.main).toContainText(`${member.email.slice(0, 2)}***@`);
  await undoChange(owner, second);
  await expectDeadLink(owner, first);
  await page.goto('/account');
  await expectPath(page, '/sign-in');
  const reset = linkIn(await letterTo(site, member.email, '/password/reset/new'), site.url);
  const password = aPassword();
  await setNewPassword(owner, reset, password);
  await signIn(owner, { ...member, password });
  await owner.goto('/account');
  await expect(screen.main).toContainText(member.email);
});

test('MP-68 links that were cut or made up lead to one page with three causes', async ({ page }) => {
  await page.goto('/sign-in');
  for (const address of ['/account/email/confirm', '/account/email/confirm?t=none', '/email-change/undo', '/email-change/undo?t=none']) {
    await expectDeadLink(page, address);
  }
});

test('MP-33 MP-68 the whole way in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await signIn(page, member);
  const next = anAddress();
  const screen = await askFor(page, next);
  await expect(screen.main).not.toContainText(KANA);
  const told = await letterTo(site, member.email, '/email-change/undo');
  expect(told.subject).toContain('change of your address');
  const letter = await letterTo(site, next, '/account/email/confirm');
  expect(letter.subject).toContain('confirm your new address');
  await confirmByLink(page, linkIn(letter, site.url));
  await expect(screen.main).toContainText('sign in with your new address');
  const owner = await anotherBrowser('en');
  const undo = await EmailUndoScreen.open(owner, await undoingLink(site, member.email));
  await expect(undo.main).not.toContainText(KANA);
  await undo.submit.click();
  await expectDone(owner, '/email-change/undo', 'undone');
});
