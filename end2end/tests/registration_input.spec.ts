// The registration form and what people, keyboards and hostile clients put into it.
import { test, expect, aPerson } from '../fixtures';
import { registrationFields } from '../fixtures/member';
import { fullWidth, linkIn } from '../deeds/letters';
import { complete, fillRegistration, register, typedValues } from '../deeds/registration';
import { expectSignedIn, signIn } from '../deeds/sign_in';
import { AccountScreen } from '../screens/account';
import { ProfileScreen } from '../screens/profile';
import { PASSWORD_HAS, RegistrationScreen } from '../screens/registration';
import { expectPath, expectRefused, put } from '../screens/shell';

const LONG = 10_000;
const RIGHT_TO_LEFT = '\u202e';

test('MP-02 MP-04 an empty form: a message beside every field, and a summary', async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await screen.submit.click();
  await expectPath(page, '/register');
  await expect(screen.errorSummary).toBeVisible();
  for (const name of ['email', 'password', 'family_name', 'given_name', 'family_name_kana', 'given_name_kana', 'birth_year', 'terms']) {
    await expectRefused(screen, name);
  }
});

test('MP-04 the terms must be accepted, and are one click away', async ({ page, noLetterTo }) => {
  const person = aPerson();
  const screen = await RegistrationScreen.open(page);
  await expect(screen.terms).not.toBeChecked();
  await expect(screen.termsLink).toBeVisible();
  await fillRegistration(screen, person);
  await screen.terms.uncheck();
  await screen.submit.click();
  await expectRefused(screen, 'terms');
  await noLetterTo(person.email);
});

/** What is refused, and where the message stands. */
const REFUSED: [what: string, field: string, value: string][] = [
  ['a blank address', 'email', '　  '],
  ['an address without @', 'email', 'taro.example.jp'],
  ['an address without a dot in its domain', 'email', 'taro@localhost'],
  ['an address of 10 kB', 'email', `${'a'.repeat(LONG)}@example.jp`],
  ['an address that closes a script', 'email', '</script>@example.jp'],
  ['an address in kanji', 'email', '太郎@example.jp'],
  ['an address with emoji', 'email', '🗻@example.jp'],
  ['a blank family name', 'family_name', '　 　'],
  ['a family name of 10 kB', 'family_name', '髙'.repeat(LONG)],
  ['a family name with a direction mark', 'family_name', `髙${RIGHT_TO_LEFT}橋`],
  ['a blank given name', 'given_name', ' '],
  ['a given name of 10 kB', 'given_name', '郎'.repeat(LONG)],
  ['a given name with an isolate mark', 'given_name', '太\u2067郎'],
  ['kana in kanji', 'family_name_kana', '髙橋'],
  ['kana that closes a script', 'family_name_kana', '</script>'],
  ['kana of 10 kB', 'given_name_kana', 'タ'.repeat(LONG)],
  ['blank kana', 'given_name_kana', '　'],
  ['a year of 10 kB', 'birth_year', '1'.repeat(LONG)],
  ['a year that closes a script', 'birth_year', '</script>'],
  ['a year to come', 'birth_year', '2999'],
  ['a year too long ago', 'birth_year', '1066'],
  ['a month of thirteen', 'birth_month', '13'],
  ['a day that does not exist', 'birth_day', '31'],
  ['an emoji as a day', 'birth_day', '🎂'],
];

for (const [what, field, value] of REFUSED) {
  test(`MP-02 ${what} is refused beside its field, and nothing typed is lost`, async ({ page }) => {
    const screen = await RegistrationScreen.open(page);
    await fillRegistration(screen, aPerson());
    await put(screen.field(field), value);
    const typed = await typedValues(screen);
    await screen.submit.click();
    await expectRefused(screen, field.startsWith('birth') ? 'birth_year' : field);
    await expectPath(page, '/register');
    expect(await typedValues(screen)).toEqual(typed);
    await expect(screen.terms).toBeChecked();
    await expect(screen.password).not.toHaveAttribute('value', /./);
  });
}

test('MP-02 a line break in a name or an address is refused; no letter gets a header of its own', async ({ visitor, noLetterTo }) => {
  const person = aPerson();
  for (const own of [{ familyName: '髙橋\r\nBcc: other@example.com' }, { email: `${person.email}\r\nBcc: other@example.com` }]) {
    const answer = await visitor.post('/register', registrationFields({ ...person, ...own }, 'ja'));
    expect(answer.status()).toBeLessThan(500);
    expect(answer.headers().location ?? '').not.toContain('/register/sent');
  }
  await noLetterTo('other@example.com');
  await noLetterTo(person.email);
});

test('MP-13 MP-14 MP-15 a password with a name or the user ID in it is refused in these words', async ({ page }) => {
  const person = aPerson({ familyName: 'Yamada', givenName: 'Taro' });
  const cases = [
    { password: 'xx-tARo-2026-yy', message: PASSWORD_HAS.givenName },
    { password: 'xx-yaMADa-2026-yy', message: PASSWORD_HAS.familyName },
    { password: `xx-${person.email.toUpperCase()}`, message: PASSWORD_HAS.userId },
    { password: `xx-${fullWidth('taro')}-2026-yy`, message: PASSWORD_HAS.givenName },
  ];
  const screen = await RegistrationScreen.open(page);
  await fillRegistration(screen, person);
  for (const { password, message } of cases) {
    await screen.password.fill(password);
    await screen.submit.click();
    await expectRefused(screen, 'password', message);
    await expect(screen.email).toHaveValue(person.email);
  }
});

test('MP-15 a part of the user ID may be in the password', async ({ page, mail, site }) => {
  const base = aPerson();
  const person = { ...base, password: `Kaze-${base.email.split('@')[0]}-9` };
  await register(page, person);
  await complete(page, linkIn(await mail.letterTo(person.email), site.url));
  await expectSignedIn(page);
});

for (const [what, password] of [['nothing', ''], ['seven characters', 'aB3$xyz'], ['10 kB', 'aB3$'.repeat(LONG / 4)]] as const) {
  test(`MP-16 a password of ${what} never breaks the form`, async ({ page }) => {
    const person = aPerson();
    const screen = await RegistrationScreen.open(page);
    await fillRegistration(screen, person);
    await put(screen.password, password);
    await screen.submit.click();
    await expectRefused(screen, 'password');
    await expect(screen.email).toHaveValue(person.email);
  });
}

/** What must be kept to the character: 髙 and 﨑, the compatibility 神, 𠮷 beyond the first plane, a variation of 葛, markup, emoji. */
const KEPT: [familyName: string, givenName: string][] = [
  ['髙橋', '﨑子'],
  ['\ufa19田', '\ufa1a一'],
  ['𠮷野', '太郎'],
  ['葛\u{e0100}城', '花子'],
  ['</script>', '<b>&amp;"\''],
  ['山🗻', '👨‍👩‍👧'],
  ['ジュゲムジュゲムゴコウノスリキレカイジャリスイギョノスイギョウマツウンライマツフウライマツ', '長助'],
  ["O'Brien-Smith", 'María José'],
];

for (const [familyName, givenName] of KEPT) {
  test(`MP-02 the name ${familyName} ${givenName} is kept exactly`, async ({ page, mail, site }) => {
    const person = aPerson({ familyName, givenName });
    await register(page, person);
    await complete(page, linkIn(await mail.letterTo(person.email), site.url));
    await expectSignedIn(page);
    const profile = await ProfileScreen.open(page);
    await expect(profile.familyName).toHaveValue(familyName);
    await expect(profile.givenName).toHaveValue(givenName);
    await expect((await AccountScreen.open(page)).facts).toContainText(familyName);
  });
}

test('MP-02 MP-17 kana in hiragana or half width becomes full-width katakana', async ({ page, mail, site }) => {
  const person = aPerson({ familyNameKana: 'たかはし', givenNameKana: 'ｼﾞﾛｳ' });
  await register(page, person);
  await complete(page, linkIn(await mail.letterTo(person.email), site.url));
  await expectSignedIn(page);
  const profile = await ProfileScreen.open(page);
  await expect(profile.familyNameKana).toHaveValue('タカハシ');
  await expect(profile.givenNameKana).toHaveValue('ジロウ');
});

test('MP-02 somebody with one name leaves the other empty', async ({ page, mail, site }) => {
  const person = aPerson({ familyName: 'スハルト', familyNameKana: 'スハルト', givenName: '', givenNameKana: '' });
  const screen = await RegistrationScreen.open(page);
  await fillRegistration(screen, person);
  await screen.singleName.check();
  await screen.submit.click();
  await expectPath(page, '/register/sent');
  await complete(page, linkIn(await mail.letterTo(person.email), site.url));
  await expectSignedIn(page);
  await expect((await AccountScreen.open(page)).facts).toContainText('スハルト');
});

test('MP-02 a full-width address and full-width digits are understood', async ({ page, mail, site, anotherBrowser }) => {
  const person = aPerson();
  const typed = {
    ...person,
    email: ` ${fullWidth(person.email).replace('．', '。')}　`,
    birthYear: '昭和６０',
    birthMonth: '４',
    birthDay: '１２',
  };
  const sent = await register(page, typed);
  await expect(sent.main).toContainText(person.email);
  await complete(page, linkIn(await mail.letterTo(person.email), site.url));
  await expectSignedIn(page);
  await expect((await AccountScreen.open(page)).facts).toContainText(/1985年0?4月12日/);
  await signIn(await anotherBrowser(), person);
});

for (const domain of ['mail.example.com', 'example.org', 'example.co.jp']) {
  test(`MP-03 MP-05 an address at ${domain} may register`, async ({ page, mail }) => {
    const person = aPerson({ email: aPerson().email.replace('example.jp', domain) });
    await register(page, person);
    await mail.letterTo(person.email);
  });
}
