// The screens of leaving and of one's own data, for the tour.
import { expect } from '@playwright/test';
import { MyDataScreen, WithdrawScreen } from '../screens/leaving';
import { Shell } from '../screens/shell';
import { prepareData, withdraw } from './leaving';
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
      await page.goto('/withdrawn?receipt=0000-0000-0000');
      await expect(new Shell(page).heading).toBeVisible();
    },
  },
  {
    name: 'my-data',
    seenBy: 'member',
    go: async (page) => void (await expect((await MyDataScreen.open(page)).prepare).toBeVisible()),
  },
  {
    name: 'my-data-building',
    seenBy: 'member',
    go: async (page) => {
      const screen = await MyDataScreen.open(page);
      await screen.prepare.click();
      await expect(screen.building.or(screen.ready).first()).toBeVisible();
    },
  },
  { name: 'my-data-ready', seenBy: 'member', go: async (page, site, member) => void (await prepareData(page, site, member.email)) },
];
