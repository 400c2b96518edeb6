import { MODERN_SITE, test, expect } from '../fixtures';
import { saveProfile } from '../flows/profile';
import { AccountScreen } from '../screens/account';
import { ProfileScreen } from '../screens/profile';
import { expectRefused } from '../screens/shell';

/** A site whose operator turned 電話番号 on. */
test.use({ settings: { ...MODERN_SITE, TEGATA_POLICY__PROFILE__PHONE: 'optional' } });

test('電話番号 is optional, refused beside its field, kept, shown, and taken away again', { tag: '@journey' }, async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const facts = async () => (await AccountScreen.open(page)).facts;
  await expect(await facts()).not.toContainText('電話番号');

  let screen = await ProfileScreen.open(page);
  await screen.phone.fill('03-12');
  await screen.save.click();
  await expectRefused(screen, 'phone', '電話番号が正しくありません');
  await expect(screen.phone).toHaveValue('03-12');

  await screen.phone.fill('０３-１２３４-５６７８');
  await saveProfile(screen);
  await expect(await facts()).toContainText('0312345678');

  screen = await ProfileScreen.open(page);
  await screen.phone.fill('');
  await saveProfile(screen);
  await expect(await facts()).not.toContainText('電話番号');
});
