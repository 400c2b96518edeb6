// The same for sites with one way to sign in at a time (C-53): ログイン方法の設定 with either way, and 会員情報の変更 without
// a password.
import { test, expect } from '../fixtures/providers';
import { expectGoodScreen } from '../fixtures/a11y';
import { aLogin, enterWith, proveWith, throughProvider } from '../deeds/linked';
import { expectLanguage } from '../deeds/language';
import { expectSignedIn } from '../deeds/sign_in';
import { chosenEarlier, LANGUAGES } from '../screens/language';
import { LinkedScreen, METHOD } from '../screens/linked';
import { ProfileScreen } from '../screens/profile';
import { expectPath } from '../screens/shell';

test.use({
  besides: {
    TEGATA_POLICY__LINKED_ACCOUNTS__LOGIN_METHOD_EXCLUSIVE: 'true',
    TEGATA_POLICY__LINKED_ACCOUNTS__LINKS: 'one',
  },
});

for (const language of LANGUAGES) {
  test(`C-53 WCAG 2.2 AA: how one signs in, by password (${language})`, async ({ page, site, makeMember, enterAs }) => {
    await chosenEarlier(page.context(), site.url, language);
    await enterAs(await makeMember(language));
    const screen = await LinkedScreen.open(page);
    await expectPath(page, '/account/linked');
    await expect(screen.heading).toHaveText(METHOD[language]);
    await expect(screen.field('new_password')).toHaveCount(0);
    await expectLanguage(page, language);
    await expectGoodScreen(page, `how one signs in, by password, in ${language}`);
  });

  test(`C-53 WCAG 2.2 AA: how one signs in, by a provider (${language})`, async ({ page, site, makeMember, enterAs }) => {
    await chosenEarlier(page.context(), site.url, language);
    await enterAs(await makeMember(language));
    const login = aLogin();
    const screen = await LinkedScreen.open(page);
    await throughProvider(page, 'google', login);
    await expectPath(page, '/sign-in');
    await enterWith(page, 'google', login);
    await expectSignedIn(page);
    const wide = page.viewportSize();
    await LinkedScreen.open(page);
    await proveWith(page, 'google', login);
    await expectPath(page, '/account/linked');
    await expect(screen.heading).toHaveText(METHOD[language]);
    await expect(screen.field('new_password')).toBeVisible();
    await expectLanguage(page, language);
    await expectGoodScreen(page, `how one signs in, by a provider, in ${language}`);
    if (wide) await page.setViewportSize(wide);
    const profile = await ProfileScreen.open(page);
    await expectPath(page, '/account/profile');
    await expect(profile.familyName).toBeVisible();
    await expect(profile.currentPassword).toHaveCount(0);
    await expectGoodScreen(page, `the profile without a password in ${language}`);
  });
}
