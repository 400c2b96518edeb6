// Linking on pages that scripts have taken over: the forms to providers stay the browser's own.
import { test, expect } from '../fixtures/providers';
import { randomLogin, expectPendingLink, goToProvider, link, authenticateWith } from '../flows/linked';
import { expectSignedIn, signOut } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { LinkedScreen, providerButton, registersWith, willBeLinked } from '../screens/linked';
import { MenuScreen } from '../screens/menu';
import { RegistrationScreen } from '../screens/registration';
import { hydrated, markDocument, sameDocument } from '../screens/script';
import { expectDone, expectPath } from '../screens/shell';
import { SignInScreen } from '../screens/sign_in';

test('on a page reached without loading it, the button leads to the provider, and back', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const menu = await MenuScreen.open(page);
  await hydrated(page);
  await markDocument(page);
  await menu.links.filter({ hasText: 'SNSアカウント連携' }).click();
  await expectPath(page, PAGES.linked);
  const screen = new LinkedScreen(page);
  await expect(screen.rows).toHaveCount(3);
  expect(await sameDocument(page)).toBe(true);
  await authenticateWith(page, 'google', randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
});

test('unlinking happens in place, and the button to link is there again', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await link(page, 'google', randomLogin());
  await hydrated(page);
  await markDocument(page);
  await screen.ask('google').click();
  await screen.unlink('google').click();
  await expectDone(page, PAGES.linked, 'unlinked');
  await expect(screen.link('google')).toBeVisible();
  expect(await sameDocument(page)).toBe(true);
  await authenticateWith(page, 'google', randomLogin());
  await expectDone(page, PAGES.linked, 'linked');
});

test('MP-65 the notice goes from ログイン to 新規登録 and back without a load', async ({ page }) => {
  await SignInScreen.open(page);
  await authenticateWith(page, 'google', randomLogin());
  const screen = await expectPendingLink(page, 'google');
  await hydrated(page);
  await screen.registerLink.click();
  await expectPath(page, PAGES.register);
  const registration = new RegistrationScreen(page);
  await expect(registration.main).toContainText(registersWith('google'));
  await expect(registration.givenName).toHaveValue('太郎');
  await page.goBack();
  await expect(screen.main).toContainText(willBeLinked('google'));
});

test('MP-65 signed in with the notice and signed out again, ログイン has its buttons back', async ({ page, makeMember }) => {
  const member = await makeMember();
  await SignInScreen.open(page);
  await authenticateWith(page, 'google', randomLogin());
  const screen = await expectPendingLink(page, 'google');
  await hydrated(page);
  await screen.email.fill(member.email);
  await screen.password.fill(member.password);
  await screen.submit.click();
  await expectSignedIn(page);
  await signOut(page);
  await expect(screen.main).not.toContainText(willBeLinked('google'));
  await expect(providerButton(page, 'google')).toBeVisible();
});

test('back from the provider’s page, what was typed on 新規登録 is kept', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await hydrated(page);
  await screen.familyName.fill('髙橋');
  await goToProvider(page, 'google');
  await page.goBack();
  await expectPath(page, PAGES.register);
  await expect(screen.familyName).toHaveValue('髙橋');
  await expect(providerButton(page, 'google')).toBeVisible();
});
