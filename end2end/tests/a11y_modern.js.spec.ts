// The same for the screens that only some policies have.
import { test, MODERN_SITE } from '../fixtures';
import { expectGoodScreen } from '../fixtures/a11y';
import { MODERN } from '../flows/tour_protection';
import { visit } from '../flows/visit';
import { LANGUAGES } from '../screens/language';

test.use({ settings: MODERN_SITE });

for (const stop of MODERN) {
  test(`WCAG 2.2 AA: ${stop.name}`, async ({ page, site, makeMember, resumeSession }) => {
    for (const language of LANGUAGES) {
      await visit(stop, language, { page, site, makeMember, resumeSession });
      await expectGoodScreen(page, `${stop.name} in ${language}`);
    }
  });
}
