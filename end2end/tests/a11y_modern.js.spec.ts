// The same for the screens that only some policies have.
import { test } from '../fixtures';
import { expectGoodScreen } from '../fixtures/a11y';
import { MODERN } from '../deeds/tour_protection';
import { visit } from '../deeds/visit';
import { LANGUAGES } from '../screens/language';

test.use({ settings: { TEGATA_SITE__POLICY: 'modern' } });

for (const stop of MODERN) {
  for (const language of LANGUAGES) {
    test(`WCAG 2.2 AA: ${stop.name} (${language})`, async ({ page, site, makeMember, enterAs }) => {
      await visit(stop, language, { page, site, makeMember, enterAs });
      await expectGoodScreen(page, `${stop.name} in ${language}`);
    });
  }
}
