// メールアドレスの変更, with the emails that are sent on the way.
import { test, expect } from '../fixtures';
import { randomEmail, randomPassword } from '../fixtures/member';
import { expectInvalidLink, setNewPassword } from '../flows/alerts';
import { requestEmailChange, confirmByLink, confirmationLink, emailTo, revertEmailChange, revertLink } from '../flows/email_change';
import { anotherCode, codeIn, fullWidth, linkIn } from '../flows/emails';
import { setUpMail, enableSecondFactor } from '../flows/second_factor';
import { signIn, submitSignIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { EmailConfirmScreen, EmailScreen, EmailUndoScreen, MAIL_FACTOR } from '../screens/email_change';
import { KANA } from '../screens/language';
import { MenuScreen } from '../screens/menu';
import { SecondFactorScreen } from '../screens/second_factor';
import { expectDone, expectPath, expectRefused } from '../screens/shell';

test('MP-68 the code of the email completes the change; the menu, 会員情報参照 and the history show it', { tag: '@journey' }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const screen = await EmailScreen.open(page);
  await expect(screen.now).toContainText(member.email);
  await screen.email.fill(member.email);
  await screen.submit.click();
  await expectRefused(screen, 'email', /同じメールアドレス/);

  const next = randomEmail();
  await screen.email.fill(fullWidth(next));
  await screen.submit.click();
  await expectDone(page, PAGES.emailChange, 'asked');
  await expect(screen.waiting).toHaveText(next);
  const code = codeIn(await emailTo(site, next, PAGES.emailConfirm));
  await screen.code.fill(anotherCode(code));
  await screen.complete.click();
  await expectRefused(screen, 'code', /確認コード/);
  await signIn(await anotherBrowser(), member); // the old address still works
  await screen.code.fill(fullWidth(code));
  await screen.complete.click();
  await expectDone(page, PAGES.account, 'email');
  await expect(screen.main).toContainText(next);
  await page.goto(PAGES.home);
  await expect(new MenuScreen(page).main).toContainText(`${next.slice(0, 2)}***@`);
  await page.goto(`${PAGES.history}?kind=account`);
  await expect(screen.main).toContainText('メールアドレスを変更しました');
  await signIn(await anotherBrowser(), { ...member, email: next });
  const old = await submitSignIn(await anotherBrowser(), member);
  await expect(old.errorSummary).toBeVisible();
});

test('MP-71 the link works on another device with the password, once, and does not sign in', { tag: '@journey' }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const next = randomEmail();
  await requestEmailChange(page, next);
  const link = await confirmationLink(site, next);
  const phone = await anotherBrowser();
  const screen = await EmailConfirmScreen.open(phone, link);
  await expect(screen.address).toHaveText(next);
  await screen.password.fill('not-the-password-1');
  await screen.submit.click();
  await expectRefused(screen, 'current_password', /パスワード/);
  await confirmByLink(phone, link, member.password);
  await phone.goto(PAGES.account);
  await expectPath(phone, PAGES.signIn);
  await expectInvalidLink(phone, link);
  await page.goto(PAGES.account);
  await expect(new EmailScreen(page).main).toContainText(next);
  await signIn(phone, { ...member, email: next });
});

test('a pending change is shown, sent again and cancelled; the earlier emails no longer work', { tag: ['@desktop', '@nojs'] }, async ({ page, site, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  const next = randomEmail();
  const screen = await requestEmailChange(page, next);
  const first = await confirmationLink(site, next);
  const stop = await revertLink(site, member.email);
  await screen.again.click();
  await expectDone(page, PAGES.emailChange, 'sent-again');
  const second = await confirmationLink(site, next);
  await expectInvalidLink(page, first);
  await EmailScreen.open(page);
  await screen.cancel.click();
  await expectDone(page, PAGES.emailChange, 'cancelled');
  await expect(screen.email).toBeVisible();
  await expect(screen.now).toContainText(member.email);
  await expectInvalidLink(page, second);
  await expectInvalidLink(page, stop);
});

test('MP-69 an address in use looks like any other, and gets no email', async ({ page, site, makeMember, resumeSession, expectNoEmailTo }) => {
  const other = await makeMember();
  const emails = site.mail.received(other.email).length;
  const member = await makeMember();
  await resumeSession(member);
  const screen = await requestEmailChange(page, other.email);
  await expect(screen.code).toBeVisible();
  await revertLink(site, member.email);
  await expectNoEmailTo(other.email, emails);
});

test('MP-70 while codes are sent by email the change is refused in these words', async ({ page, site, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  const next = randomEmail();
  await requestEmailChange(page, next);
  const link = await confirmationLink(site, next);
  await enableSecondFactor(page);
  await setUpMail(page, site.mail, member.email);
  const blocked = await EmailConfirmScreen.open(page, link);
  await expect(blocked.main).toContainText(MAIL_FACTOR);
  const screen = await EmailScreen.open(page);
  await expect(screen.main).toContainText(MAIL_FACTOR);
  await expect(screen.code).toHaveCount(0);
  await screen.toSecondFactor.click();
  await new SecondFactorScreen(page).removeMail.click();
  await expectDone(page, PAGES.secondFactor, 'mail-removed');
  await confirmByLink(page, link);
});

test('the old mailbox stops a pending change', { tag: '@phone' }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const next = randomEmail();
  await requestEmailChange(page, next);
  const link = await confirmationLink(site, next);
  const owner = await anotherBrowser();
  await revertEmailChange(owner, await revertLink(site, member.email));
  await expectInvalidLink(owner, link);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.signIn);
});

test('the old mailbox reverts the change, and a password reset opens the account', { tag: ['@desktop', '@nojs'] }, async ({ page, site, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member); // an attacker at an unlocked browser
  const next = randomEmail();
  await requestEmailChange(page, next);
  const first = await revertLink(site, member.email);
  await confirmByLink(page, await confirmationLink(site, next));
  const second = await revertLink(site, member.email);

  const owner = await anotherBrowser();
  const screen = await EmailUndoScreen.open(owner, second);
  await expect(screen.main).toContainText(`${member.email.slice(0, 2)}***@`);
  await revertEmailChange(owner, second);
  await expectInvalidLink(owner, first);
  await page.goto(PAGES.account);
  await expectPath(page, PAGES.signIn);
  const reset = linkIn(await emailTo(site, member.email, PAGES.passwordResetNew), site.url);
  const password = randomPassword();
  await setNewPassword(owner, reset, password);
  await signIn(owner, { ...member, password });
  await owner.goto(PAGES.account);
  await expect(screen.main).toContainText(member.email);
});

test('MP-68 truncated and invented links lead to one page with three causes', { tag: '@nojs' }, async ({ page }) => {
  await page.goto(PAGES.signIn);
  for (const address of [PAGES.emailConfirm, `${PAGES.emailConfirm}?t=none`, PAGES.emailUndo, `${PAGES.emailUndo}?t=none`]) {
    await expectInvalidLink(page, address);
  }
});

test('MP-33 MP-68 the whole journey in English', async ({ site, makeMember, anotherBrowser }) => {
  const member = await makeMember('en', { familyName: 'Okafor', givenName: 'Ada' });
  const page = await anotherBrowser('en');
  await signIn(page, member);
  const next = randomEmail();
  const screen = await requestEmailChange(page, next);
  await expect(screen.main).not.toContainText(KANA);
  const notification = await emailTo(site, member.email, PAGES.emailUndo);
  expect(notification.subject).toContain('change of your address');
  const email = await emailTo(site, next, PAGES.emailConfirm);
  expect(email.subject).toContain('confirm your new address');
  await confirmByLink(page, linkIn(email, site.url));
  await expect(screen.main).toContainText('sign in with your new address');
  const owner = await anotherBrowser('en');
  const undo = await EmailUndoScreen.open(owner, await revertLink(site, member.email));
  await expect(undo.main).not.toContainText(KANA);
  await undo.submit.click();
  await expectDone(owner, PAGES.emailUndo, 'undone');
});
