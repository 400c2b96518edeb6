// Every screen × language × state, judged by axe and at 320 px. Needs scripts because axe is one.
import { test, expect } from '../fixtures';
import { expectAccessible } from '../fixtures/a11y';
import { TOUR } from '../deeds/tour';
import { expectLanguage } from '../deeds/language';
import { chosenEarlier, LANGUAGES } from '../screens/language';
import { expectNoSidewaysScroll } from '../screens/shell';

for (const stop of TOUR) {
  for (const language of LANGUAGES) {
    test(`C-17 WCAG 2.2 AA: ${stop.name} (${language})`, async ({ page, context, site, guard, makeMember, enterAs }) => {
      guard.allow(/status of 404/);
      await chosenEarlier(context, site.url, language);
      const member = await makeMember(language);
      if (stop.seenBy === 'member') await enterAs(member);
      await stop.go(page, site, member);
      await expectLanguage(page, language);
      await expect(page).toHaveTitle(/\S/);
      await expectAccessible(page, `${stop.name} in ${language}`);

      await page.emulateMedia({ colorScheme: 'dark' });
      await expectAccessible(page, `${stop.name} in ${language}, dark`);
      await page.emulateMedia({ colorScheme: 'light' });

      await page.setViewportSize({ width: 320, height: 640 });
      await expectNoSidewaysScroll(page, stop.name);
    });
  }
}
