// バックアップコード, where the policy has them.
import { test, expect } from '../fixtures';
import { firstStep, setUpApp, turnOn } from '../deeds/second_step';
import { expectSignedIn, signOut } from '../deeds/sign_in';
import { BackupCodesScreen, CODE_WRONG, SecondFactorScreen } from '../screens/second_step';
import { expectDone, expectRefused } from '../screens/shell';

test.use({ settings: { TEGATA_SITE__POLICY: 'modern' } });

test('KB-16 ten codes are shown once, kept, and each works once', async ({ page, makeMember, enterAs, anotherBrowser }) => {
  const member = await makeMember();
  await enterAs(member);
  const list = await turnOn(page);
  await setUpApp(page);
  await list.makeCodes.click();
  const screen = new BackupCodesScreen(page);
  await expect(screen.codes).toHaveCount(10);
  const [first, second] = await screen.codes.allTextContents();
  expect(new Set(await screen.codes.allTextContents()).size).toBe(10);
  expect(decodeURIComponent((await screen.download.getAttribute('href')) ?? '')).toContain(first!);
  await screen.keep.click();
  await expectDone(page, '/account/second-step', 'codes-kept');
  await expect(list.main).toContainText('残り10個');

  const elsewhere = await anotherBrowser();
  const use = async (code: string) => {
    const step = await firstStep(elsewhere, member);
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
