// Every screen × state × language, judged by axe at both widths and in both schemes. Needs scripts because axe is one.
import { test } from '../fixtures';
import { expectGoodScreen } from '../fixtures/a11y';
import { TOUR } from '../flows/tour';
import { visit } from '../flows/visit';
import { LANGUAGES } from '../screens/language';

for (const stop of TOUR) {
  test(`WCAG 2.2 AA: ${stop.name}`, async ({ page, site, guard, makeMember, resumeSession }) => {
    guard.allow(/status of 404/);
    for (const language of LANGUAGES) {
      await visit(stop, language, { page, site, makeMember, resumeSession });
      await expectGoodScreen(page, `${stop.name} in ${language}`);
    }
  });
}
