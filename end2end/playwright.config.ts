// The browser stories: which browsers they run in, and where their results go.
//
// A story names by tags the browsers that it needs; without a tag it runs on the desktop alone.
//   @journey  all three: a member's task from beginning to end, and its main refusal
//   @desktop, @phone, @nojs  these browsers: a rule's details, where they show
// What a story needs (site, emails, members) is in `fixtures/`.
import { existsSync } from 'node:fs';
import { defineConfig, type ReporterDescription } from '@playwright/test';

/**
 * Chromium of the system packages; nothing is downloaded. Its headless shell, where it is installed, shows the same pages
 * for a third of the processor time. `TEGATA_E2E_BROWSER` names another browser.
 */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';
const browser = process.env.TEGATA_E2E_BROWSER
  ?? (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : process.env.CHROME_PATH ?? '/usr/bin/chromium');

export const launchOptions = {
  executablePath: browser,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** Without the variable the JSON reporter would print into the list on the screen. */
const json: ReporterDescription = process.env.PLAYWRIGHT_JSON_OUTPUT_NAME
  ? ['json']
  : ['json', { outputFile: '../target/end2end/report.json' }];

const desktop = { viewport: { width: 1280, height: 800 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Stories of a project: those of its tag, and journeys. */
const tagged = (project: string) => new RegExp(`@(journey|${project})\\b`);
const untagged = /^(?!.*@(journey|desktop|phone|nojs)\b)/;

export default defineConfig({
  testDir: './tests',
  testMatch: '**/*.spec.ts',
  outputDir: '../target/end2end/artifacts',
  reporter: [['list'], json],
  fullyParallel: true,
  workers: 2,
  // A machine under load may be late; the report marks a story that passed only on a second try.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  // For a machine three times slower; only failures wait for them.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    // Traces take time in every story, so they are optional: TEGATA_E2E_TRACE=1.
    trace: process.env.TEGATA_E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', grep: [tagged('desktop'), untagged], use: desktop },
    { name: 'phone', grep: tagged('phone'), use: phone },
    // `*.js.spec.ts` is about scripts.
    { name: 'nojs', grep: tagged('nojs'), testIgnore: '**/*.js.spec.ts', use: { ...desktop, javaScriptEnabled: false } },
  ],
});
