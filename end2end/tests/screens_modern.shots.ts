// The same for the screens that only some policies have.
import { test } from '../fixtures';
import { MODERN } from '../deeds/tour_protection';
import { picture, visit } from '../deeds/visit';
import { LANGUAGES } from '../screens/language';

test.use({ settings: { TEGATA_SITE__POLICY: 'modern' } });

for (const stop of MODERN) {
  for (const language of LANGUAGES) {
    test(`${stop.name} (${language})`, async ({ page, site, makeMember, enterAs }, info) => {
      await visit(stop, language, { page, site, makeMember, enterAs });
      await picture(page, info, `${stop.name}-${language}`);
    });
  }
}
