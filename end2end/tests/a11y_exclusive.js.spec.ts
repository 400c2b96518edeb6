// The same for sites with one way to sign in at a time (C-53): ログイン方法の設定 with either way, and 会員情報の変更 without
// a password.
import { test, expect, EXCLUSIVE_SITE } from '../fixtures/providers';
import { expectGoodScreen } from '../fixtures/a11y';
import { randomLogin, signInWith, reauthenticateWith, authenticateWith } from '../flows/linked';
import { expectLanguage } from '../flows/language';
import { expectSignedIn } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { chosenEarlier, LANGUAGES } from '../screens/language';
import { LinkedScreen, METHOD } from '../screens/linked';
import { ProfileScreen } from '../screens/profile';
import { expectPath } from '../screens/shell';

test.use({ extraSettings: EXCLUSIVE_SITE });

for (const language of LANGUAGES) {
  test(`C-53 WCAG 2.2 AA: how one signs in, by password (${language})`, async ({ page, site, makeMember, resumeSession }) => {
    await chosenEarlier(page.context(), site.url, language);
    await resumeSession(await makeMember(language));
    const screen = await LinkedScreen.open(page);
    await expectPath(page, PAGES.linked);
    await expect(screen.heading).toHaveText(METHOD[language]);
    await expect(screen.field('new_password')).toHaveCount(0);
    await expectLanguage(page, language);
    await expectGoodScreen(page, `how one signs in, by password, in ${language}`);
  });

  test(`C-53 WCAG 2.2 AA: how one signs in, by a provider (${language})`, async ({ page, site, makeMember, resumeSession }) => {
    await chosenEarlier(page.context(), site.url, language);
    await resumeSession(await makeMember(language));
    const login = randomLogin();
    const screen = await LinkedScreen.open(page);
    await authenticateWith(page, 'google', login);
    await expectPath(page, PAGES.signIn);
    await signInWith(page, 'google', login);
    await expectSignedIn(page);
    await LinkedScreen.open(page);
    await reauthenticateWith(page, 'google', login);
    await expectPath(page, PAGES.linked);
    await expect(screen.heading).toHaveText(METHOD[language]);
    await expect(screen.field('new_password')).toBeVisible();
    await expectLanguage(page, language);
    await expectGoodScreen(page, `how one signs in, by a provider, in ${language}`);
    const profile = await ProfileScreen.open(page);
    await expectPath(page, PAGES.profile);
    await expect(profile.familyName).toBeVisible();
    await expect(profile.currentPassword).toHaveCount(0);
    await expectGoodScreen(page, `the profile without a password in ${language}`);
  });
}
