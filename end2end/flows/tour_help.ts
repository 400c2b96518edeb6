// The screens of the help, for the tour.
import { expect, type Page } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { HelpScreen } from '../screens/help';
import type { Stop } from './tour';
import { at } from './visit';

async function searched(page: Page, typed: string): Promise<void> {
  const help = await HelpScreen.open(page);
  await help.query.fill(typed);
  await help.search.click();
  await expect(help.found).toBeVisible();
}

/** On every site. */
export const HELP: readonly Stop[] = [
  { name: 'help', seenBy: 'anyone', go: at(PAGES.help) },
  { name: 'help-member', seenBy: 'member', go: at(PAGES.help) },
  { name: 'help-found', seenBy: 'anyone', go: (page) => searched(page, 'ID') },
  { name: 'help-nothing-found', seenBy: 'anyone', go: (page) => searched(page, '𠮷'.repeat(100)) },
  { name: 'help-chapter', seenBy: 'anyone', go: at(PAGES.helpSecurity) },
  { name: 'help-letter', seenBy: 'anyone', go: at(PAGES.helpEmail) },
  { name: 'help-code', seenBy: 'member', go: at(PAGES.helpCode) },
  { name: 'help-data', seenBy: 'anyone', go: at(PAGES.helpData) },
];
