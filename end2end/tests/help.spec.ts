// ヘルプ (MP-101 to MP-103, MP-91) and 「当サイトが保管する情報」.
import { test, expect, aPerson } from '../fixtures';
import { register } from '../deeds/registration';
import { firstStep, setUpMail, turnOn } from '../deeds/second_step';
import { expectLanguage, switchTo } from '../deeds/language';
import { CHAPTERS, HelpScreen, KeptScreen, TopicScreen } from '../screens/help';
import { KANA } from '../screens/language';
import { expectNoSidewaysScroll, expectPath, Shell } from '../screens/shell';

test('MP-101 ヘルプ is top right, and leads to ten chapters of questions and answers', async ({ page }) => {
  await page.goto('/sign-in');
  await page.locator('header a[href="/help"]').click();
  await expectPath(page, '/help');
  const help = new HelpScreen(page);
  await expect(help.chapters.locator('.row__label')).toHaveText(CHAPTERS);
  await help.chapters.nth(6).click();
  await expectPath(page, '/help/security');
  const chapter = new TopicScreen(page);
  await expect(chapter.heading).toHaveText(CHAPTERS[6] ?? '');
  const [asked, answered] = [await chapter.contents.allTextContents(), await chapter.questions.allTextContents()];
  expect(asked).toEqual(answered);
  await chapter.contents.last().click();
  await expect(chapter.questions.last()).toBeInViewport();
  await expectNoSidewaysScroll(page, 'a chapter');
});

test('MP-101 the help speaks English to who reads English', async ({ page }) => {
  const help = await HelpScreen.open(page);
  await switchTo(page, 'en');
  await expect(help.chapters).toHaveCount(10);
  await expect(help.main).not.toContainText(KANA);
  for (const path of ['/help/sign-in', '/help/letter', '/help/code', '/help/data']) {
    await page.goto(path);
    await expectLanguage(page, 'en');
    await expect(new Shell(page).main).not.toContainText(KANA);
  }
});

for (const [language, typed, question] of [
  ['ja', 'すまーとふぉん　買い替え', 'スマートフォンを買い替えます'],
  ['en', 'ＮＥＷ phone', 'I am getting a new phone'],
] as const) {
  test(`MP-101 a search finds the question, whatever its width, case and kana (${language})`, async ({ page }) => {
    const help = await HelpScreen.open(page);
    if (language === 'en') await switchTo(page, language);
    await help.query.fill(typed);
    await help.search.click();
    await expect(page).toHaveURL((address) => address.searchParams.get('q') === typed);
    await expect(help.query).toHaveValue(typed);
    await help.hits.filter({ hasText: question }).click();
    await expect(page).toHaveURL((address) => address.pathname === '/help/security' && address.hash === '#new-phone');
    await expect(page.locator('#new-phone')).toBeInViewport();
    await expect(page.locator('#new-phone')).toHaveText(question);
  });
}

test('MP-101 a search that finds nothing says what to try, and what was typed is text', async ({ page }) => {
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

test('MP-102 from where a letter is waited for to what to do when it does not arrive', async ({ page }) => {
  const sent = await register(page, aPerson());
  await sent.mailHelp.click();
  await expectPath(page, '/help/letter');
  const help = new TopicScreen(page);
  for (const [n, href] of ['#filter', '#spam', '#full', '#known'].entries()) await expect(help.contents.nth(n)).toHaveAttribute('href', href);
  await expect(help.main).toContainText('no-reply@example.jp');
  await expect(help.main).toContainText('UTF-8');
  await page.goBack();
  await expectPath(page, '/register/sent');
  await expect(sent.code).toBeVisible();
});

test('MP-103 from the second step to what to do when a code does not work', async ({ page, mail, makeMember, enterAs }) => {
  const member = await makeMember();
  await enterAs(member);
  await turnOn(page);
  await setUpMail(page, mail, member.email);
  await page.context().clearCookies();
  const step = await firstStep(page, member);
  await expect(step.main.locator('a[href="/help/letter"]')).toBeVisible();
  await step.main.locator('a[href="/help/code"]').click();
  await expectPath(page, '/help/code');
  const help = new TopicScreen(page);
  await expect(help.now).toHaveText(/^20\d\d年\d+月\d+日 \d\d:\d\d/);
  await expect(help.main).toContainText('続けて6回間違えると、30分のあいだ');
  await expect(help.main).toContainText('自動設定');
  await page.goBack();
  await expect(step.code).toBeVisible();
  await step.resend.click();
  await expect(step.main.locator('a[href="/help/letter"]')).toBeVisible();
});

test('MP-91 C-11 the help leads a member to 退会, and nobody else', async ({ page, makeMember, enterAs }) => {
  const help = await HelpScreen.open(page);
  await expect(help.withdraw).toHaveCount(0);
  await enterAs(await makeMember());
  await page.goto('/help/withdraw');
  await expect(help.withdraw).toHaveText('Tegataを退会');
  await help.withdraw.click();
  await expectPath(page, '/account/withdraw');
});

test('what the site keeps is told with reason and time, in both languages', async ({ page }) => {
  await page.goto('/help');
  await new HelpScreen(page).troubles.last().click();
  await expectPath(page, '/help/data');
  const kept = new KeptScreen(page);
  await expect(kept.kinds.first()).toContainText('会員情報');
  await expect(kept.kinds.filter({ hasText: 'パスワードの再設定' })).toContainText('最長で30分');
  await expect(kept.purged.locator('time')).toHaveText(/^20\d\d年/);
  const count = await kept.kinds.count();
  expect(count).toBeGreaterThan(15);
  await switchTo(page, 'en');
  await expect(kept.kinds).toHaveCount(count);
  await expect(kept.kinds.filter({ hasText: 'Password resets' })).toContainText('at most 30 minutes');
});

test('a search of ten kilobytes is refused, not answered with a fault', async ({ page, visitor }) => {
  expect((await visitor.get(`/help?q=${'a'.repeat(10_000)}`)).status()).toBe(414);
  const help = await HelpScreen.open(page);
  await help.query.fill('あ'.repeat(300));
  await expect(help.query).toHaveValue('あ'.repeat(100));
});
