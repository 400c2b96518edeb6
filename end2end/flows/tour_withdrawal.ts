// The screens of withdrawal and of the data export, for the tour.
import { expect } from '@playwright/test';
import { PAGES } from '../screens/addresses';
import { DataExportScreen, WithdrawScreen } from '../screens/withdrawal';
import { Shell } from '../screens/shell';
import { requestDataExport, withdraw } from './withdrawal';
import type { Stop } from './tour';

export const LEAVING: readonly Stop[] = [
  {
    name: 'withdraw',
    seenBy: 'member',
    go: async (page) => void (await expect((await WithdrawScreen.open(page)).submit).toBeVisible()),
  },
  {
    name: 'withdraw-not-ticked',
    seenBy: 'member',
    go: async (page) => {
      const screen = await WithdrawScreen.open(page);
      await screen.submit.click();
      await expect(screen.agree).toHaveAttribute('aria-invalid', 'true');
    },
  },
  { name: 'withdrawn', seenBy: 'member', go: async (page) => void (await withdraw(page)) },
  {
    name: 'withdrawn-no-number',
    seenBy: 'anyone',
    go: async (page) => {
      await page.goto(`${PAGES.withdrawn}?receipt=0000-0000-0000`);
      await expect(new Shell(page).heading).toBeVisible();
    },
  },
  {
    name: 'my-data',
    seenBy: 'member',
    go: async (page) => void (await expect((await DataExportScreen.open(page)).prepare).toBeVisible()),
  },
  {
    name: 'my-data-building',
    seenBy: 'member',
    go: async (page) => {
      const screen = await DataExportScreen.open(page);
      await screen.prepare.click();
      await expect(screen.building.or(screen.ready).first()).toBeVisible();
    },
  },
  { name: 'my-data-ready', seenBy: 'member', go: async (page, site, member) => void (await requestDataExport(page, site, member.email)) },
];
