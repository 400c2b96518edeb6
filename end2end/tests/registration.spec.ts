import { test, expect, randomPerson } from '../fixtures';
import { registrationFields } from '../fixtures/member';
import { FormClient } from '../fixtures/client';
import { anotherCode, codeIn, fullWidth, linkIn } from '../flows/emails';
import { expectLanguage } from '../flows/language';
import { complete, expectInvalidRegistrationLink, fillRegistration, register } from '../flows/registration';
import { expectSignedIn, expectSignedOut, signIn, submitSignIn } from '../flows/sign_in';
import { ENDPOINTS, FORMS, PAGES } from '../screens/addresses';
import { AccountScreen } from '../screens/account';
import { chosenEarlier, JAPANESE, KANA, type Language } from '../screens/language';
import { CompleteScreen, RegistrationScreen, SentScreen } from '../screens/registration';
import { expectDone, expectPath, expectRefused } from '../screens/shell';
import { NOT_ACCEPTED, SignInScreen } from '../screens/sign_in';

for (const language of ['ja', 'en'] satisfies Language[]) {
  test(`MP-01 MP-02 MP-07 MP-17 a visitor registers by the link in the email (${language})`, { tag: '@journey' }, async ({ page, context, mail, site }) => {
    await chosenEarlier(context, site.url, language);
    const person = randomPerson(language === 'en' ? { familyName: 'Okafor', givenName: 'Ada' } : {});

    await SignInScreen.open(page).then((screen) => screen.registerLink.click());
    await expectPath(page, PAGES.register);
    const sent = await register(page, person);
    await expect(sent.main).toContainText(person.email);
    await expectLanguage(page, language);

    const email = await mail.emailTo(person.email);
    expect(email.subject).toMatch(/\S/);
    const link = linkIn(email, site.url);
    expect(link.pathname).toBe(PAGES.registerComplete);
    await complete(page, link);

    await expectDone(page, PAGES.home, 'registered');
    await expectSignedIn(page);
    const account = await AccountScreen.open(page);
    await expect(account.facts).toContainText(person.email);
    await expect(account.facts).toContainText(person.familyName);
    await expectLanguage(page, language);
  });
}

test('MP-17 the English form has no kana, given name first; the Japanese one has both, family name first', async ({ page, context, site }) => {
  const order = (screen: RegistrationScreen) =>
    screen.form.locator('input[name$="_name"]').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).name).filter((name) => name !== 'single_name'));
  const japanese = await RegistrationScreen.open(page);
  await expect(japanese.familyNameKana).toBeVisible();
  await expect(japanese.givenNameKana).toBeVisible();
  expect(await order(japanese)).toEqual(['family_name', 'given_name']);

  await chosenEarlier(context, site.url, 'en');
  const english = await RegistrationScreen.open(page);
  await expect(english.givenName).toBeVisible();
  await expect(english.familyNameKana).toHaveCount(0);
  await expect(english.givenNameKana).toHaveCount(0);
  expect(await order(english)).toEqual(['given_name', 'family_name']);
});

test('MP-07 MP-102 the code of the email works instead of its link', { tag: '@journey' }, async ({ page, mail }) => {
  const person = randomPerson();
  const sent = await register(page, person);
  await expect(sent.mailHelp).toBeVisible();
  const code = codeIn(await mail.emailTo(person.email));

  await sent.code.fill(anotherCode(code));
  await sent.submitCode.click();
  await expectRefused(sent, 'code');

  const digits = fullWidth(`${code.slice(0, 3)}-${code.slice(3)}`);
  await sent.code.fill(digits);
  await sent.submitCode.click();
  await expectDone(page, PAGES.home, 'registered');
  await expectSignedIn(page);
});

test('MP-07 what is no code is refused beside its field', { tag: '@nojs' }, async ({ page }) => {
  const sent = await register(page, randomPerson());
  for (const typed of ['', '　 ', 'abcdef', '1234567']) {
    await test.step(`「${typed}」`, async () => {
      await sent.code.fill(typed);
      await sent.submitCode.click();
      await expectRefused(sent, 'code');
    });
  }
});

test('MP-07 a second email can be asked for, and its link works', { tag: ['@desktop', '@nojs'] }, async ({ page, mail, site }) => {
  const person = randomPerson();
  const sent = await register(page, person);
  await mail.emailTo(person.email);
  await sent.resend.click();
  await expectPath(page, PAGES.registerSent);
  await expect(new SentScreen(page).main).toContainText(person.email);
  await complete(page, linkIn(await mail.emailTo(person.email), site.url));
  await expectSignedIn(page);
});

test('MP-08 MP-09 a link works once; opened again it names the three causes', { tag: '@journey' }, async ({ page, mail, site, anotherBrowser }) => {
  const person = randomPerson();
  await register(page, person);
  const link = linkIn(await mail.emailTo(person.email), site.url);
  await complete(page, link);
  await expectSignedIn(page);

  await page.goto(link.href);
  await expectInvalidRegistrationLink(page);
  const elsewhere = await anotherBrowser();
  await elsewhere.goto(link.href);
  await expectInvalidRegistrationLink(elsewhere);
  await new CompleteScreen(elsewhere).restart.click();
  await expectPath(elsewhere, PAGES.register);
});

test('MP-08 the button of a page left open does nothing a second time', { tag: ['@desktop', '@nojs'] }, async ({ page, context, mail, site }) => {
  const person = randomPerson();
  await register(page, person);
  const link = linkIn(await mail.emailTo(person.email), site.url);
  const first = await context.newPage();
  await first.goto(link.href);
  await page.goto(link.href);
  await new CompleteScreen(first).submit.click();
  await expectSignedIn(first);
  await new CompleteScreen(page).submit.click();
  await expectInvalidRegistrationLink(page);
});

test('MP-09 a cut, lengthened, missing, foreign or hostile token shows the same page', { tag: '@nojs' }, async ({ page, mail, site }) => {
  const person = randomPerson();
  await register(page, person);
  const link = linkIn(await mail.emailTo(person.email), site.url);
  const token = link.searchParams.get('t') ?? '';
  const useless = [token.slice(0, -5), `${token}x`, `${token}${token}`, '', token.split('').reverse().join(''), '</script><script>alert(1)</script>', '𠮷'.repeat(200)];
  for (const t of useless) {
    await page.goto(`${PAGES.registerComplete}?t=${encodeURIComponent(t)}`);
    await expectInvalidRegistrationLink(page);
  }
  await page.goto(PAGES.registerComplete);
  await expectInvalidRegistrationLink(page);
  await complete(page, link);
  await expectSignedIn(page);
});

test('MP-07 a mail scanner that opens the link changes nothing', async ({ page, mail, site }) => {
  const person = randomPerson();
  await register(page, person);
  const link = linkIn(await mail.emailTo(person.email), site.url);
  const scanner = await FormClient.open(site.url);
  for (let opened = 0; opened < 3; opened += 1) expect((await scanner.get(link.href)).status()).toBe(200);
  expect((await scanner.head(link.href)).status()).toBe(200);
  await scanner.close();
  await complete(page, link);
  await expectSignedIn(page);
});

test('MP-07 in another browser the link asks for the password chosen on the form', { tag: ['@phone', '@nojs'] }, async ({ page, mail, site, anotherBrowser }) => {
  const person = randomPerson();
  await register(page, person);
  const link = linkIn(await mail.emailTo(person.email), site.url);

  const phone = await anotherBrowser();
  await complete(phone, link, 'not the password of the form');
  await expectRefused(new CompleteScreen(phone), 'password');
  await new CompleteScreen(phone).submit.click();
  await expectRefused(new CompleteScreen(phone), 'password');
  await complete(phone, link, person.password);
  await expectDone(phone, PAGES.home, 'registered');
  await expectSignedIn(phone);
  await expectSignedOut(page);
});

test('MP-10 a known address gets the same page and no email', { tag: '@nojs' }, async ({ page, mail, makeMember, expectNoEmailTo }) => {
  const member = await makeMember();
  const already = mail.received(member.email).length;

  const known = await register(page, { ...randomPerson(), email: member.email });
  const seenForKnown = (await known.main.innerText()).replaceAll(member.email, '…');
  await expectNoEmailTo(member.email, already);

  const stranger = randomPerson();
  const unknown = await register(page, stranger);
  expect((await unknown.main.innerText()).replaceAll(stranger.email, '…')).toBe(seenForKnown);

  await signIn(page, member);
});

test('MP-10 a code typed for a known address is refused like any wrong code', async ({ page, makeMember }) => {
  const member = await makeMember();
  const sent = await register(page, { ...randomPerson(), email: member.email.toUpperCase() });
  await sent.code.fill('123456');
  await sent.submitCode.click();
  await expectRefused(sent, 'code');
});

test('MP-11 MP-22 a 仮登録 cannot sign in and does not block another attempt', async ({ page, mail, site, anotherBrowser }) => {
  const person = randomPerson();
  await register(page, person);
  await mail.emailTo(person.email);
  const elsewhere = await anotherBrowser();
  const screen = await submitSignIn(elsewhere, person);
  await expect(screen.main).toContainText(NOT_ACCEPTED);

  const again = { ...person, givenName: '次郎', givenNameKana: 'ジロウ' };
  await register(elsewhere, again);
  await complete(elsewhere, linkIn(await mail.emailTo(person.email), site.url));
  await expectSignedIn(elsewhere);
  await expect((await AccountScreen.open(elsewhere)).facts).toContainText('次郎');
});

test('MP-07 two identical submits: one account, one email', async ({ client, mail, expectNoEmailTo }) => {
  const person = randomPerson();
  await client.get(PAGES.register);
  const fields = registrationFields(person, 'ja');
  const answers = await Promise.all([client.post(FORMS.register, fields), client.post(FORMS.register, fields)]);
  expect(answers.map((answer) => answer.status())).toEqual([303, 303]);
  await mail.emailTo(person.email);
  await expectNoEmailTo(person.email, 1);
});

test('MP-07 a double click on the button sends one email', { tag: ['@desktop', '@nojs'] }, async ({ page, mail, expectNoEmailTo }) => {
  const person = randomPerson();
  const screen = await RegistrationScreen.open(page);
  await fillRegistration(screen, person);
  await screen.submit.dblclick();
  await expectPath(page, PAGES.registerSent);
  await mail.emailTo(person.email);
  await expectNoEmailTo(person.email, 1);
});

test('MP-95 MP-99 the email speaks the language of the form, from the one sender', async ({ page, context, mail, site }) => {
  const japanese = randomPerson();
  await register(page, japanese);
  const first = await mail.emailTo(japanese.email);
  expect(first.subject).toMatch(JAPANESE);
  expect(first.headers.get('from')).toContain('no-reply@example.jp');
  expect(first.html).toMatch(KANA);

  await chosenEarlier(context, site.url, 'en');
  const english = randomPerson({ familyName: 'Okafor', givenName: 'Ada' });
  await register(page, english);
  const second = await mail.emailTo(english.email);
  expect(second.subject).toMatch(/[A-Za-z]/);
  expect(second.text).toMatch(/\bthe\b/);
});

test('an SMTP outage: the page is the same, and the email arrives when mail is back', async ({ page, mail, site }) => {
  test.setTimeout(240_000);
  const person = randomPerson();
  await mail.stop();
  try {
    const sent = await register(page, person);
    await expect(sent.main).toContainText(person.email);
    await expect(sent.code).toBeVisible();
    expect((await page.request.get(ENDPOINTS.readiness)).status()).toBe(200);
  } finally {
    await mail.start();
  }
  await complete(page, linkIn(await mail.emailTo(person.email, 180_000), site.url));
  await expectSignedIn(page);
});
