// The registration form and what people, keyboards and hostile clients put into it.
import { test, expect, randomPerson } from '../fixtures';
import { registrationFields } from '../fixtures/member';
import { fullWidth, linkIn } from '../flows/emails';
import { complete, fillRegistration, register, formValues } from '../flows/registration';
import { expectSignedIn, signIn } from '../flows/sign_in';
import { FORMS, PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { ProfileScreen } from '../screens/profile';
import { PASSWORD_HAS, RegistrationScreen } from '../screens/registration';
import { expectPath, expectRefused, setValue } from '../screens/shell';

const LONG = 10_000;
const RIGHT_TO_LEFT = '\u202e';

test('MP-02 MP-04 an empty form: a message beside every field, and a summary', { tag: '@journey' }, async ({ page }) => {
  const screen = await RegistrationScreen.open(page);
  await screen.submit.click();
  await expectPath(page, PAGES.register);
  await expect(screen.errorSummary).toBeVisible();
  for (const name of ['email', 'password', 'family_name', 'given_name', 'family_name_kana', 'given_name_kana', 'birth_year', 'terms']) {
    await expectRefused(screen, name);
  }
});

test('MP-04 the terms must be accepted, and are one click away', async ({ page, expectNoEmailTo }) => {
  const person = randomPerson();
  const screen = await RegistrationScreen.open(page);
  await expect(screen.terms).not.toBeChecked();
  await expect(screen.termsLink).toBeVisible();
  await fillRegistration(screen, person);
  await screen.terms.uncheck();
  await screen.submit.click();
  await expectRefused(screen, 'terms');
  await expectNoEmailTo(person.email);
});

/** What is refused: for each field, values by name. */
const REFUSED: Record<string, Record<string, string>> = {
  email: {
    'blank': '　  ',
    'without @': 'taro.example.jp',
    'without a dot in its domain': 'taro@localhost',
    '10 kB': `${'a'.repeat(LONG)}@example.jp`,
    'a closed script': '</script>@example.jp',
    'kanji': '太郎@example.jp',
    'emoji': '🗻@example.jp',
  },
  family_name: { 'blank': '　 　', '10 kB': '髙'.repeat(LONG), 'a direction mark': `髙${RIGHT_TO_LEFT}橋` },
  given_name: { 'blank': ' ', '10 kB': '郎'.repeat(LONG), 'an isolate mark': '太\u2067郎' },
  family_name_kana: { 'kanji': '髙橋', 'a closed script': '</script>' },
  given_name_kana: { '10 kB': 'タ'.repeat(LONG), 'blank': '　' },
  birth_year: { '10 kB': '1'.repeat(LONG), 'a closed script': '</script>', 'to come': '2999', 'too long ago': '1066' },
  birth_month: { 'thirteen': '13' },
  birth_day: { 'of no month': '31', 'emoji': '🎂' },
};

for (const [field, values] of Object.entries(REFUSED)) {
  test(`MP-02 ${field}: a bad value is refused beside its field, and nothing typed is lost`, { tag: '@nojs' }, async ({ page }) => {
    const person = randomPerson();
    const screen = await RegistrationScreen.open(page);
    await fillRegistration(screen, person);
    for (const [what, value] of Object.entries(values)) {
      await test.step(what, async () => {
        await setValue(screen.field(field), value);
        await screen.password.fill(person.password);
        const typed = await formValues(screen);
        await screen.submit.click();
        await expectRefused(screen, field.startsWith('birth') ? 'birth_year' : field);
        await expectPath(page, PAGES.register);
        expect(await formValues(screen)).toEqual(typed);
        await expect(screen.terms).toBeChecked();
        await expect(screen.password).not.toHaveAttribute('value', /./);
      });
    }
  });
}

test('MP-02 a line break in a name or an address is refused; no email gets a header of its own', async ({ client, expectNoEmailTo }) => {
  const person = randomPerson();
  for (const own of [{ familyName: '髙橋\r\nBcc: other@example.com' }, { email: `${person.email}\r\nBcc: other@example.com` }]) {
    const answer = await client.post(FORMS.register, registrationFields({ ...person, ...own }, 'ja'));
    expect(answer.status()).toBeLessThan(500);
    expect(answer.headers().location ?? '').not.toContain(PAGES.registerSent);
  }
  await expectNoEmailTo('other@example.com');
  await expectNoEmailTo(person.email);
});

test('MP-13 MP-14 MP-15 a password with a name or the user ID in it is refused in these words', async ({ page }) => {
  const person = randomPerson({ familyName: 'Yamada', givenName: 'Taro' });
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
  const base = randomPerson();
  const person = { ...base, password: `Kaze-${base.email.split('@')[0]}-9` };
  await register(page, person);
  await complete(page, linkIn(await mail.emailTo(person.email), site.url));
  await expectSignedIn(page);
});

test('MP-16 a password too short or too long never breaks the form', { tag: '@nojs' }, async ({ page }) => {
  const person = randomPerson();
  const screen = await RegistrationScreen.open(page);
  await fillRegistration(screen, person);
  for (const [what, password] of [['nothing', ''], ['seven characters', 'aB3$xyz'], ['10 kB', 'aB3$'.repeat(LONG / 4)]] as const) {
    await test.step(what, async () => {
      await setValue(screen.password, password);
      await screen.submit.click();
      await expectRefused(screen, 'password');
      await expect(screen.email).toHaveValue(person.email);
    });
  }
});

/** What must be stored exactly: 髙 and 﨑, the compatibility 神, 𠮷 beyond the first plane, a variation of 葛, markup, emoji. */
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
  test(`MP-02 the name ${familyName} ${givenName} is kept exactly`, async ({ page, makeMember, resumeSession }) => {
    await resumeSession(await makeMember('ja', { familyName, givenName }));
    const profile = await ProfileScreen.open(page);
    await expect(profile.familyName).toHaveValue(familyName);
    await expect(profile.givenName).toHaveValue(givenName);
    await expect((await AccountScreen.open(page)).facts).toContainText(familyName);
  });
}

test('MP-02 MP-17 kana in hiragana or half width becomes full-width katakana', async ({ page, mail, site }) => {
  const person = randomPerson({ familyNameKana: 'たかはし', givenNameKana: 'ｼﾞﾛｳ' });
  await register(page, person);
  await complete(page, linkIn(await mail.emailTo(person.email), site.url));
  await expectSignedIn(page);
  const profile = await ProfileScreen.open(page);
  await expect(profile.familyNameKana).toHaveValue('タカハシ');
  await expect(profile.givenNameKana).toHaveValue('ジロウ');
});

test('MP-02 a person with one name leaves the other empty', async ({ page, mail, site }) => {
  const person = randomPerson({ familyName: 'スハルト', familyNameKana: 'スハルト', givenName: '', givenNameKana: '' });
  const screen = await RegistrationScreen.open(page);
  await fillRegistration(screen, person);
  await screen.singleName.check();
  await screen.submit.click();
  await expectPath(page, PAGES.registerSent);
  await complete(page, linkIn(await mail.emailTo(person.email), site.url));
  await expectSignedIn(page);
  await expect((await AccountScreen.open(page)).facts).toContainText('スハルト');
});

test('MP-02 a full-width address and full-width digits are understood', async ({ page, mail, site, anotherBrowser }) => {
  const person = randomPerson();
  const typed = {
    ...person,
    email: ` ${fullWidth(person.email).replace('．', '。')}　`,
    birthYear: '昭和６０',
    birthMonth: '４',
    birthDay: '１２',
  };
  const sent = await register(page, typed);
  await expect(sent.main).toContainText(person.email);
  await complete(page, linkIn(await mail.emailTo(person.email), site.url));
  await expectSignedIn(page);
  await expect((await AccountScreen.open(page)).facts).toContainText(/1985年0?4月12日/);
  await signIn(await anotherBrowser(), person);
});

test('MP-03 MP-05 an address at any domain may register', async ({ makeMember }) => {
  for (const domain of ['mail.example.com', 'example.org', 'example.co.jp']) {
    await makeMember('ja', { email: randomPerson().email.replace('example.jp', domain) });
  }
});
