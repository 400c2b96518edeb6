import { test, expect } from '../fixtures';
import { HistoryScreen } from '../screens/history';

test.describe('in another zone', () => {
  test.use({ timezoneId: 'America/New_York' });

  test('MP-85 times are in the reader’s own zone, and say which', async ({ page, makeMember, resumeSession }) => {
    await resumeSession(await makeMember());
    const screen = await HistoryScreen.open(page);
    const time = screen.rows.first().locator('time');
    await expect(time).toContainText(/GMT-[45]/);
    const stamp = await time.getAttribute('datetime');
    const hour = new Intl.DateTimeFormat('ja', { hour: '2-digit', minute: '2-digit', timeZone: 'America/New_York' });
    await expect(time).toContainText(hour.format(new Date(stamp ?? '')));
  });
});

test('MP-85 in Japan’s zone the server’s words stay', async ({ page, makeMember, resumeSession }) => {
  await resumeSession(await makeMember());
  const screen = await HistoryScreen.open(page);
  await expect(screen.rows.first().locator('time')).toHaveText(/^\d+年\d+月\d+日 \d\d:\d\d$/);
});
