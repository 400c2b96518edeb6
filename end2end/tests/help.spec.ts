// ヘルプ (MP-101 to MP-103, MP-91) and 「当サイトが保管する情報」.
import { test, expect, randomPerson } from '../fixtures';
import { register } from '../flows/registration';
import { passFirstFactor, setUpMail, enableSecondFactor } from '../flows/second_factor';
import { expectLanguage, switchLanguage } from '../flows/language';
import { PAGES } from '../screens/addresses';
import { CHAPTERS, HelpScreen, RetentionScreen, TopicScreen } from '../screens/help';
import { KANA } from '../screens/language';
import { expectNoSidewaysScroll, expectPath, linkTo, Shell } from '../screens/shell';

test('MP-101 ヘルプ is top right, and leads to ten chapters of questions and answers', { tag: '@journey' }, async ({ page }) => {
  await page.goto(PAGES.signIn);
  await page.locator(`header ${linkTo(PAGES.help)}`).click();
  await expectPath(page, PAGES.help);
  const help = new HelpScreen(page);
  await expect(help.chapters.locator('.row__label')).toHaveText(CHAPTERS);
  await help.chapters.nth(6).click();
  await expectPath(page, PAGES.helpSecurity);
  const chapter = new TopicScreen(page);
  await expect(chapter.heading).toHaveText(CHAPTERS[6] ?? '');
  const [asked, answered] = [await chapter.contents.allTextContents(), await chapter.questions.allTextContents()];
  expect(asked).toEqual(answered);
  await chapter.contents.last().click();
  await expect(chapter.questions.last()).toBeInViewport();
  await expectNoSidewaysScroll(page, 'a chapter');
});

test('MP-101 the help in English', async ({ page }) => {
  const help = await HelpScreen.open(page);
  await switchLanguage(page, 'en');
  await expect(help.chapters).toHaveCount(10);
  await expect(help.main).not.toContainText(KANA);
  for (const path of [PAGES.helpSignIn, PAGES.helpEmail, PAGES.helpCode, PAGES.helpData]) {
    await page.goto(path);
    await expectLanguage(page, 'en');
    await expect(new Shell(page).main).not.toContainText(KANA);
  }
});

for (const [language, typed, question] of [
  ['ja', 'すまーとふぉん　買い替え', 'スマートフォンを買い替えます'],
  ['en', 'ＮＥＷ phone', 'I am getting a new phone'],
] as const) {
  test(`MP-101 a search finds the question, whatever its width, case and kana (${language})`, { tag: '@journey' }, async ({ page }) => {
    const help = await HelpScreen.open(page);
    if (language === 'en') await switchLanguage(page, language);
    await help.query.fill(typed);
    await help.search.click();
    await expect(page).toHaveURL((address) => address.searchParams.get('q') === typed);
    await expect(help.query).toHaveValue(typed);
    await help.hits.filter({ hasText: question }).click();
    await expect(page).toHaveURL((address) => address.pathname === PAGES.helpSecurity && address.hash === '#new-phone');
    await expect(page.locator('#new-phone')).toBeInViewport();
    await expect(page.locator('#new-phone')).toHaveText(question);
  });
}

test('MP-101 a search that finds nothing says what to try, and shows the query as text', { tag: '@nojs' }, async ({ page }) => {
  const help = await HelpScreen.open(page);
  await help.query.fill('</script><img src=x>');
  await help.search.click();
  await expect(help.found).toContainText('</script><img src=x>');
  await expect(help.found).toContainText('言い換える');
  await expect(help.hits).toHaveCount(0);
  await expect(help.main.locator('img')).toHaveCount(0);
  await help.query.fill('  ');
  await help.search.click();
  await expect(help.found).toHaveCount(0);
  await expect(help.chapters).toHaveCount(10);
});

test('MP-102 from the page that waits for an email to the help for a missing one', async ({ page }) => {
  const sent = await register(page, randomPerson());
  await sent.mailHelp.click();
  await expectPath(page, PAGES.helpEmail);
  const help = new TopicScreen(page);
  for (const [n, href] of ['#filter', '#spam', '#full', '#known'].entries()) await expect(help.contents.nth(n)).toHaveAttribute('href', href);
  await expect(help.main).toContainText('no-reply@example.jp');
  await expect(help.main).toContainText('UTF-8');
  await page.goBack();
  await expectPath(page, PAGES.registerSent);
  await expect(sent.code).toBeVisible();
});

test('MP-103 from the second step to the help for a code that does not work', async ({ page, mail, makeMember, resumeSession }) => {
  const member = await makeMember();
  await resumeSession(member);
  await enableSecondFactor(page);
  await setUpMail(page, mail, member.email);
  await page.context().clearCookies();
  const step = await passFirstFactor(page, member);
  await expect(step.main.locator(linkTo(PAGES.helpEmail))).toBeVisible();
  await step.main.locator(linkTo(PAGES.helpCode)).click();
  await expectPath(page, PAGES.helpCode);
  const help = new TopicScreen(page);
  await expect(help.now).toHaveText(/^20\d\d年\d+月\d+日 \d\d:\d\d/);
  await expect(help.main).toContainText('続けて6回間違えると、30分のあいだ');
  await expect(help.main).toContainText('自動設定');
  await page.goBack();
  await expect(step.code).toBeVisible();
  await step.resend.click();
  await expect(step.main.locator(linkTo(PAGES.helpEmail))).toBeVisible();
});

test('MP-91 C-11 the help leads members to 退会, and only them', async ({ page, makeMember, resumeSession }) => {
  const help = await HelpScreen.open(page);
  await expect(help.withdraw).toHaveCount(0);
  await resumeSession(await makeMember());
  await page.goto(PAGES.helpWithdraw);
  await expect(help.withdraw).toHaveText('Tegataを退会');
  await help.withdraw.click();
  await expectPath(page, PAGES.withdraw);
});

test('the data the site stores is listed with reason and retention, in both languages', async ({ page }) => {
  await page.goto(PAGES.help);
  await new HelpScreen(page).troubles.last().click();
  await expectPath(page, PAGES.helpData);
  const kept = new RetentionScreen(page);
  await expect(kept.kinds.first()).toContainText('会員情報');
  await expect(kept.kinds.filter({ hasText: 'パスワードの再設定' })).toContainText(/最長で\d+分/);
  await expect(kept.purged.locator('time')).toHaveText(/^20\d\d年/);
  const count = await kept.kinds.count();
  expect(count).toBeGreaterThan(15);
  await switchLanguage(page, 'en');
  await expect(kept.kinds).toHaveCount(count);
  await expect(kept.kinds.filter({ hasText: 'Password resets' })).toContainText(/at most \d+ minutes/);
});

test('a search of 10 kB is refused, not answered with an error', async ({ page, client }) => {
  expect((await client.get(`${PAGES.help}?q=${'a'.repeat(10_000)}`)).status()).toBe(414);
  const help = await HelpScreen.open(page);
  await help.query.fill('あ'.repeat(300));
  await expect(help.query).toHaveValue('あ'.repeat(100));
});
