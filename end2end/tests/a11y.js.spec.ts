// Every screen × language × state, judged by axe and at 320 px. Needs scripts because axe is one.
import { test } from '../fixtures';
import { expectGoodScreen } from '../fixtures/a11y';
import { TOUR } from '../deeds/tour';
import { visit } from '../deeds/visit';
import { LANGUAGES } from '../screens/language';

for (const stop of TOUR) {
  for (const language of LANGUAGES) {
    test(`WCAG 2.2 AA: ${stop.name} (${language})`, async ({ page, site, guard, makeMember, enterAs }) => {
      guard.allow(/status of 404/);
      await visit(stop, language, { page, site, makeMember, enterAs });
      await expectGoodScreen(page, `${stop.name} in ${language}`);
    });
  }
}
