// Going to a stop of the tour in a language.
import path from 'node:path';
import { expect, type Page, type TestInfo } from '@playwright/test';
import type { Member, Person } from '../fixtures/member';
import type { Site } from '../fixtures/server';
import { chosenEarlier, type Language } from '../screens/language';
import { expectPath, Shell } from '../screens/shell';
import { expectLanguage } from './language';
import type { Stop } from './tour';

interface Means {
  page: Page;
  site: Site;
  makeMember: (language?: Language, own?: Partial<Person>) => Promise<Member>;
  resumeSession: (member: Member) => Promise<void>;
}

/** A stop that is an address and nothing else. */
export const at = (address: string) => async (page: Page) => {
  await page.goto(address);
  await expectPath(page, address.replace(/\?.*/, ''));
  await expect(new Shell(page).heading).toBeVisible();
};

/** Goes to a stop as a new visitor of that language. */
export async function visit(stop: Stop, language: Language, { page, site, makeMember, resumeSession }: Means): Promise<void> {
  await page.context().clearCookies();
  await chosenEarlier(page.context(), site.url, language);
  if (stop.seenBy === 'anyone') {
    await stop.go(page, site);
  } else {
    const member = await makeMember(language);
    if (stop.seenBy === 'member') await resumeSession(member);
    await stop.go(page, site, member);
  }
  await expectLanguage(page, language);
  await expect(page).toHaveTitle(/\S/);
}

/** A picture for people to look at. The project names the width. */
export async function picture(page: Page, info: TestInfo, name: string): Promise<void> {
  await page.screenshot({
    path: path.resolve(info.config.rootDir, '../../target/screenshots', `${name}-${info.project.name}.png`),
    fullPage: true,
    animations: 'disabled',
  });
}
