// バックアップコード, where the policy has them.
import { test, expect, MODERN_SITE } from '../fixtures';
import { passFirstFactor, setUpApp, enableSecondFactor } from '../flows/second_factor';
import { expectSignedIn, signOut } from '../flows/sign_in';
import { PAGES } from '../screens/addresses';
import { BackupCodesScreen, CODE_WRONG, SecondFactorScreen } from '../screens/second_factor';
import { expectDone, expectRefused } from '../screens/shell';

test.use({ settings: MODERN_SITE });

test('KB-16 ten codes are shown once, kept, and each works once', { tag: '@journey' }, async ({ page, makeMember, resumeSession, anotherBrowser }) => {
  const member = await makeMember();
  await resumeSession(member);
  const list = await enableSecondFactor(page);
  await setUpApp(page);
  await list.makeCodes.click();
  const screen = new BackupCodesScreen(page);
  await expect(screen.codes).toHaveCount(10);
  const [first, second] = await screen.codes.allTextContents();
  expect(new Set(await screen.codes.allTextContents()).size).toBe(10);
  expect(decodeURIComponent((await screen.download.getAttribute('href')) ?? '')).toContain(first!);
  await screen.keep.click();
  await expectDone(page, PAGES.secondFactor, 'codes-kept');
  await expect(list.main).toContainText('残り10個');

  const elsewhere = await anotherBrowser();
  const use = async (code: string) => {
    const step = await passFirstFactor(elsewhere, member);
    await step.other('backup_code').click();
    await step.code.fill(code);
    await step.submit.click();
    return step;
  };
  await use(first!.toUpperCase().replace('-', ' '));
  await expectSignedIn(elsewhere);
  await signOut(elsewhere);
  await expectRefused(await use(first!), 'code', CODE_WRONG);
  await use(second!);
  await expectSignedIn(elsewhere);
  await expect((await SecondFactorScreen.open(page)).main).toContainText('残り8個');
});
