// The same for the screens that only some policies have.
import { test, MODERN_SITE } from '../fixtures';
import { MODERN } from '../flows/tour_protection';
import { picture, visit } from '../flows/visit';
import { LANGUAGES } from '../screens/language';

test.use({ settings: MODERN_SITE });

for (const stop of MODERN) {
  for (const language of LANGUAGES) {
    test(`${stop.name} (${language})`, async ({ page, site, makeMember, resumeSession }, info) => {
      await visit(stop, language, { page, site, makeMember, resumeSession });
      await picture(page, info, `${stop.name}-${language}`);
    });
  }
}
