// The same for the screens that only sites with providers have.
import { test } from '../fixtures/providers';
import { expectGoodScreen } from '../fixtures/a11y';
import { LINKED } from '../flows/tour_linked';
import { visit } from '../flows/visit';
import { LANGUAGES } from '../screens/language';

for (const stop of LINKED) {
  test(`WCAG 2.2 AA: ${stop.name}`, async ({ page, site, makeMember, resumeSession }) => {
    for (const language of LANGUAGES) {
      await visit(stop, language, { page, site, makeMember, resumeSession });
      await expectGoodScreen(page, `${stop.name} in ${language}`);
    }
  });
}
