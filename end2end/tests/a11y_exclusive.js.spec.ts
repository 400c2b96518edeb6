// The same for sites with one way to sign in at a time (C-53): ログイン方法の設定 with either way, and 会員情報の変更 without
// a password.
import { test } from '../fixtures/providers';
import { expectGoodScreen } from '../fixtures/a11y';
import { aLogin, enterWith, throughProvider } from '../deeds/linked';
import { expectLanguage } from '../deeds/language';
import { chosenEarlier, LANGUAGES } from '../screens/language';
import { LinkedScreen } from '../screens/linked';
import { ProfileScreen } from '../screens/profile';

test.use({
  besides: {
    TEGATA_POLICY__LINKED_ACCOUNTS__LOGIN_METHOD_EXCLUSIVE: 'true',
    TEGATA_POLICY__LINKED_ACCOUNTS__LINKS: 'one',
  },
});

for (const language of LANGUAGES) {
  test(`C-17 C-53 WCAG 2.2 AA: how one signs in, by password (${language})`, async ({ page, site, makeMember, enterAs }) => {
    await chosenEarlier(page.context(), site.url, language);
    await enterAs(await makeMember(language));
    await LinkedScreen.open(page);
    await expectLanguage(page, language);
    await expectGoodScreen(page, `how one signs in, by password, in ${language}`);
  });

  test(`C-17 C-53 WCAG 2.2 AA: how one signs in, by a provider (${language})`, async ({ page, site, makeMember, enterAs }) => {
    await chosenEarlier(page.context(), site.url, language);
    await enterAs(await makeMember(language));
    const login = aLogin();
    await LinkedScreen.open(page);
    await throughProvider(page, 'google', login);
    await enterWith(page, 'google', login);
    const wide = page.viewportSize();
    await LinkedScreen.open(page);
    await expectLanguage(page, language);
    await expectGoodScreen(page, `how one signs in, by a provider, in ${language}`);
    if (wide) await page.setViewportSize(wide);
    await ProfileScreen.open(page);
    await expectGoodScreen(page, `the profile without a password in ${language}`);
  });
}
