// What scripts add to the help: the time in the reader's own zone.
import { test, expect } from '../fixtures';
import { PAGES } from '../screens/addresses';
import { hydrated } from '../screens/script';
import { TopicScreen } from '../screens/help';

test.use({ timezoneId: 'Europe/Paris' });

test('MP-103 the server’s time is shown in the reader’s own zone', async ({ page }) => {
  await page.goto(PAGES.helpCode);
  await hydrated(page);
  await expect(new TopicScreen(page).now).toHaveText(/GMT\+[12]|UTC\+[12]|CES?T/);
});
