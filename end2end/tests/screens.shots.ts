// Pictures of every screen for people to look at. The project names the width.
import { test } from '../fixtures';
import { TOUR } from '../flows/tour';
import { picture, visit } from '../flows/visit';
import { LANGUAGES } from '../screens/language';

for (const stop of TOUR) {
  for (const language of LANGUAGES) {
    test(`${stop.name} (${language})`, async ({ page, site, guard, makeMember, resumeSession }, info) => {
      guard.allow(/status of 404/);
      await visit(stop, language, { page, site, makeMember, resumeSession });
      await picture(page, info, `${stop.name}-${language}`);
    });
  }
}
