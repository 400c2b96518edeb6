// Pictures of every screen for people to look at. The project names the width.
import { test } from '../fixtures';
import { TOUR } from '../deeds/tour';
import { expectLanguage } from '../deeds/language';
import { chosenEarlier, LANGUAGES } from '../screens/language';
import path from 'node:path';

for (const stop of TOUR) {
  for (const language of LANGUAGES) {
    test(`${stop.name} (${language})`, async ({ page, context, site, guard, makeMember, enterAs }, info) => {
      guard.allow(/status of 404/);
      await chosenEarlier(context, site.url, language);
      const member = await makeMember(language);
      if (stop.seenBy === 'member') await enterAs(member);
      await stop.go(page, site, member);
      await expectLanguage(page, language);
      await page.screenshot({
        path: path.resolve(info.config.rootDir, '../../target/screenshots', `${stop.name}-${language}-${info.project.name}.png`),
        fullPage: true,
        animations: 'disabled',
      });
    });
  }
}
