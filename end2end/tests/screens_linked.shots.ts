// The same for the screens that only sites with providers have.
import { test } from '../fixtures/providers';
import { LINKED } from '../flows/tour_linked';
import { picture, visit } from '../flows/visit';
import { LANGUAGES } from '../screens/language';

for (const stop of LINKED) {
  for (const language of LANGUAGES) {
    test(`${stop.name} (${language})`, async ({ page, site, makeMember, resumeSession }, info) => {
      await visit(stop, language, { page, site, makeMember, resumeSession });
      await picture(page, info, `${stop.name}-${language}`);
    });
  }
}
