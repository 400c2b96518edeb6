// 2段階認証: each method set up, used, removed; the trusted browser; the reauthentication before a change.
import jsQR from 'jsqr';
import { PNG } from 'pngjs';
import { test, expect } from '../fixtures';
import { codeIn, fullWidth } from '../flows/emails';
import { passFirstFactor, emailWithCode, setUpApp, setUpMail, enableSecondFactor } from '../flows/second_factor';
import { expectSignedIn, expectSignedOut, signIn, signOut } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { AppSetUpScreen, CODE_WRONG, ReauthenticationScreen, METHODS, RESEND, SecondFactorScreen, ChallengeScreen, TRUST } from '../screens/second_factor';
import { expectDone, expectPath, expectRefused } from '../screens/shell';

test('MP-42 MP-43 MP-44 MP-54 an app is set up, asked for, and removed', { tag: '@journey' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const off = await SecondFactorScreen.open(page);
  await expect(off.methods).toHaveCount(0);
  await expect(off.toSwitch).toBeVisible();
  await enableSecondFactor(page);
  await expect(new SecondFactorScreen(page).methods).toHaveText(METHODS);
  const app = await setUpApp(page, '仕事の𠮷スマホ');
  await expect(new SecondFactorScreen(page).main).toContainText('仕事の𠮷スマホ');

  const elsewhere = await anotherBrowser();
  const step = await passFirstFactor(elsewhere, member);
  await expect(step.trust).not.toBeChecked();
  await step.code.fill(app.wrongCode());
  await step.submit.click();
  await expectRefused(step, 'code', CODE_WRONG);
  await expectSignedOut(elsewhere);
  await elsewhere.goto(PAGES.signInSecondFactor);
  await step.code.fill(fullWidth(app.code()));
  await step.submit.click();
  await expectSignedIn(elsewhere);

  await SecondFactorScreen.open(page);
  const list = new SecondFactorScreen(page);
  await list.removeApp.click();
  await expectDone(page, PAGES.secondFactor, 'app-removed');
  await expect(list.nothing, 'the last one is gone, and the page says what follows').toBeVisible();
  await expect(list.removeApp).toHaveCount(0);
});

test('MP-52 switched on with no method: the set-up follows the sign-in', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  const elsewhere = await anotherBrowser();
  const { submitSignIn } = await import('../flows/sign_in');
  await submitSignIn(elsewhere, member);
  await expectPath(elsewhere, PAGES.secondFactor);
  await expect(new SecondFactorScreen(elsewhere).nothing).toBeVisible();
});

test('MP-45 MP-46 MP-47 MP-49 mail is set up, asked for, sent again, and turned off', { tag: '@journey' }, async ({ page, mail, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  await setUpMail(page, mail, member.email);

  const elsewhere = await anotherBrowser();
  const step = await passFirstFactor(elsewhere, member);
  await expect(step.until).toContainText('有効期限');
  const first = codeIn(await emailWithCode(mail, member.email));
  await expect(step.resend).toHaveText(RESEND);
  await step.resend.click();
  await step.send.click();
  await expectDone(elsewhere, PAGES.signInSecondFactor, 'sent');
  const second = codeIn(await emailWithCode(mail, member.email));
  if (first !== second) {
    await step.code.fill(first);
    await step.submit.click();
    await expectRefused(step, 'code', CODE_WRONG);
  }
  await step.code.fill(second);
  await step.submit.click();
  await expectSignedIn(elsewhere);

  const list = await SecondFactorScreen.open(page);
  await list.removeMail.click();
  await expectDone(page, PAGES.secondFactor, 'mail-removed');
  await expect(list.removeMail).toHaveCount(0);
});

test('C-26 with both set up the app is asked for first, and mail is one link away', { tag: '@nojs' }, async ({ page, mail, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  await setUpMail(page, mail, member.email);
  await setUpApp(page);
  const elsewhere = await anotherBrowser();
  const step = await passFirstFactor(elsewhere, member);
  await expect(step.until).toHaveCount(0);
  await step.other('mail').click();
  await step.send.click();
  await expectDone(elsewhere, PAGES.signInSecondFactor, 'sent');
  await step.code.fill(codeIn(await emailWithCode(mail, member.email)));
  await step.submit.click();
  await expectSignedIn(elsewhere);
});

test('MP-57 C-10 a trusted browser is not asked again, until it is forgotten', { tag: '@journey' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  const app = await setUpApp(page);

  const home = await anotherBrowser();
  const step = await passFirstFactor(home, member);
  await expect(step.main.getByLabel(TRUST)).toHaveAttribute('name', 'trust');
  await step.trust.check();
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(home);
  await signOut(home);
  await signIn(home, member);

  const list = await SecondFactorScreen.open(page);
  await expect(list.forget).toHaveCount(1);
  await list.forget.click();
  await expectDone(page, PAGES.secondFactor, 'trust-forgotten');
  await expect(list.forget).toHaveCount(0);
  await signOut(home);
  await passFirstFactor(home, member);
});

test('MP-57 two members of one browser do not mix', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const first = await makeMember();
  await resumeSession(first);
  await enableSecondFactor(page);
  const app = await setUpApp(page);
  const shared = await anotherBrowser();
  const step = await passFirstFactor(shared, first);
  await step.trust.check();
  await step.code.fill(app.code());
  await step.submit.click();
  await expectSignedIn(shared);
  await signOut(shared);

  await page.context().clearCookies();
  const second = await makeMember();
  await resumeSession(second);
  await enableSecondFactor(page);
  await setUpApp(page);
  await passFirstFactor(shared, second);
});

test('an unfinished second step opens nothing', { tag: '@nojs' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  await setUpApp(page);
  const elsewhere = await anotherBrowser();
  await passFirstFactor(elsewhere, member);
  for (const address of [PAGES.home, PAGES.account, PAGES.secondFactor, PAGES.profile]) {
    await elsewhere.goto(address);
    await expectPath(elsewhere, PAGES.signIn);
  }
  await elsewhere.context().clearCookies({ name: 'second-step' });
  await elsewhere.goto(PAGES.signInSecondFactor);
  await expect(new ChallengeScreen(elsewhere).code).toHaveCount(0);
});

test('C-28 the QR code is new each time, and a first code that is wrong saves nothing', async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  await page.goto(PAGES.secondFactorApp);
  const screen = new AppSetUpScreen(page);
  await expect(screen.qr).toBeVisible();
  const key = await screen.key.textContent();
  await screen.code.fill('12');
  await screen.label.fill('私の');
  await screen.save.click();
  await expectRefused(screen, 'code', CODE_WRONG);
  await expect(screen.label).toHaveValue('私の');
  expect(await screen.key.textContent(), 'the app that scanned it can still be confirmed').toBe(key);
  await page.goto(PAGES.secondFactorApp);
  expect(await screen.key.textContent()).not.toBe(key);
  await expect((await SecondFactorScreen.open(page)).removeApp).toHaveCount(0);
});

test('a remembered browser reauthenticates before it changes security settings', { tag: '@journey' }, async ({ page, makeMember }) => {
  const member = await makeMember();
  await signIn(page, member, { remember: true });
  await page.context().clearCookies({ name: 'session' });
  await page.goto(PAGES.secondFactor);
  await expectPath(page, PAGES.reauthenticate);
  const screen = new ReauthenticationScreen(page);
  await screen.password.fill('not-the-password-1');
  await screen.submit.click();
  await expectRefused(screen, 'password');
  await screen.password.fill(member.password);
  await screen.submit.click();
  await expectPath(page, PAGES.secondFactor);
  await expect(new SecondFactorScreen(page).heading).toBeVisible();
});

test('MP-41 the QR code as the screen shows it, read by an independent reader, is the link and holds the key', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  await page.goto(PAGES.secondFactorApp);
  const screen = new AppSetUpScreen(page);
  const picture = PNG.sync.read(await screen.qr.screenshot());
  const read = jsQR(new Uint8ClampedArray(picture.data), picture.width, picture.height)?.data;
  expect(read).toBe(await screen.link.getAttribute('href'));
  const key = (await screen.key.textContent())?.replace(/\s/g, '');
  expect(new URL(read ?? '').searchParams.get('secret')).toBe(key);
});
