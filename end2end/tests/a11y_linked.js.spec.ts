// The same for the screens that only sites with providers have.
import { test } from '../fixtures/providers';
import { expectGoodScreen } from '../fixtures/a11y';
import { LINKED } from '../deeds/tour_linked';
import { visit } from '../deeds/visit';
import { LANGUAGES } from '../screens/language';

for (const stop of LINKED) {
  for (const language of LANGUAGES) {
    test(`WCAG 2.2 AA: ${stop.name} (${language})`, async ({ page, site, makeMember, enterAs }) => {
      await visit(stop, language, { page, site, makeMember, enterAs });
      await expectGoodScreen(page, `${stop.name} in ${language}`);
    });
  }
}
