import { test, expect } from '../fixtures';
import { signIn } from '../flows/sign_in';
import { switchLanguage } from '../flows/language';
import { saveProfile } from '../flows/profile';
import { PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { ProfileScreen } from '../screens/profile';
import { expectPath, expectRefused, setValue } from '../screens/shell';

test('MP-74 MP-76 a member changes every part of the profile, and no email goes out', { tag: '@journey' }, async ({ page, mail, makeMember, resumeSession, expectNoEmailTo }) => {
  const member = await makeMember();
  const already = mail.received(member.email).length;
  await resumeSession(member);
  const screen = await ProfileScreen.open(page);
  await expect(screen.familyName).toHaveValue(member.familyName);
  await screen.familyName.fill('𠮷野');
  await screen.givenName.fill('花子');
  await screen.familyNameKana.fill('よしの');
  await screen.givenNameKana.fill('ﾊﾅｺ');
  await screen.birthYear.fill('平成２');
  await screen.birthMonth.fill('１１');
  await screen.birthDay.fill('３');
  await saveProfile(screen);

  const { facts } = await AccountScreen.open(page);
  for (const fact of ['𠮷野', '花子', 'ヨシノ', 'ハナコ', /1990年11月0?3日/]) await expect(facts).toContainText(fact);
  await expectNoEmailTo(member.email, already);
});

test('MP-74 the new profile is there in another browser', async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const screen = await ProfileScreen.open(page);
  await screen.givenName.fill('三郎');
  await saveProfile(screen);
  const other = await anotherBrowser();
  await signIn(other, member);
  await expect((await AccountScreen.open(other)).facts).toContainText('三郎');
});

/** Empties a field, and then fills it with blanks. The form is refused, and the other field stays typed. */
async function expectNotUnset(screen: ProfileScreen, name: string): Promise<void> {
  const other = name === 'family_name' ? screen.givenName : screen.familyName;
  await other.fill('変更');
  for (const nothing of ['', '　 ']) {
    await setValue(screen.field(name), nothing);
    await screen.save.click();
    await expectRefused(screen, name.startsWith('birth') ? 'birth_year' : name);
    await expect(other).toHaveValue('変更');
  }
}

test('MP-75 the family name can be changed but not unset', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  await expectNotUnset(await ProfileScreen.open(page), 'family_name');
  const { facts } = await AccountScreen.open(page);
  await expect(facts).toContainText(member.familyName);
  await expect(facts).toContainText(member.givenName);
  await expect(facts).not.toContainText('変更');
});

test('MP-75 no part of the profile can be unset', { tag: '@nojs' }, async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  for (const name of ['given_name', 'family_name_kana', 'given_name_kana', 'birth_year', 'birth_month', 'birth_day']) {
    await test.step(name, async () => expectNotUnset(await ProfileScreen.open(page), name));
  }
  const { facts } = await AccountScreen.open(page);
  await expect(facts).toContainText(member.familyName);
  await expect(facts).toContainText(member.givenName);
  await expect(facts).not.toContainText('変更');
});

test('MP-74 a bad value is refused beside its field and stays typed', { tag: '@nojs' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  for (const [what, name, value] of [
    ['a name of 10 kB', 'family_name', '髙'.repeat(10_000)],
    ['a direction mark', 'given_name', '太\u202e郎'],
    ['kana in kanji', 'family_name_kana', '髙橋'],
    ['a day that does not exist', 'birth_day', '31'],
    ['a year to come', 'birth_year', '2999'],
  ] as const) {
    await test.step(what, async () => {
      const screen = await ProfileScreen.open(page);
      await setValue(screen.field(name), value);
      await screen.save.click();
      await expectRefused(screen, name.startsWith('birth') ? 'birth_year' : name);
      await expect(screen.field(name)).toHaveValue(value);
      await expectPath(page, PAGES.profile);
    });
  }
});

test('MP-17 in English the kana is not on the form and stays as it was', async ({ page, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  const screen = await ProfileScreen.open(page);
  await switchLanguage(page, 'en');
  await expect(screen.familyNameKana).toHaveCount(0);
  await screen.familyName.fill('Takahashi');
  await saveProfile(screen);
  await switchLanguage(page, 'ja');
  const { facts } = await AccountScreen.open(page);
  await expect(facts).toContainText('Takahashi');
  await expect(facts).toContainText(member.familyNameKana);
});

test('MP-74 markup in a name is shown as it was typed, and runs nowhere', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await ProfileScreen.open(page);
  await screen.familyName.fill('</script><script>document.title="!"</script>');
  await saveProfile(screen);
  await expect((await AccountScreen.open(page)).facts).toContainText('</script><script>');
  await page.goto(PAGES.home);
  await expect(page).not.toHaveTitle('!');
});
