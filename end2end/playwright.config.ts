// The browser stories: which browsers they run in, and where their results go.
// What a story needs (site, letters, members) is in `fixtures/`.
import { defineConfig, type ReporterDescription } from '@playwright/test';

/** Chromium as the system package installs it; nothing is downloaded. */
export const launchOptions = {
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
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

export default defineConfig({
  testDir: './tests',
  testMatch: '**/*.spec.ts',
  outputDir: '../target/end2end/artifacts',
  reporter: [['list'], json],
  fullyParallel: true,
  workers: 2,
  // A machine under load may be late; the report tells a story apart that passed only when it was told again.
  retries: process.env.CI ? 2 : 0,
  forbidOnly: Boolean(process.env.CI),
  // For a machine three times slower; nothing waits for these to pass but what fails.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  use: {
    browserName: 'chromium',
    launchOptions,
    locale: 'ja-JP',
    timezoneId: 'Asia/Tokyo',
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    // A trace costs every story time, so it is asked for: TEGATA_E2E_TRACE=1.
    trace: process.env.TEGATA_E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'desktop', use: desktop },
    { name: 'phone', use: phone },
    // Every story must be possible without script; only `*.js.spec.ts` is about scripts.
    {
      name: 'nojs',
      testIgnore: '**/*.js.spec.ts',
      use: { ...desktop, javaScriptEnabled: false },
    },
  ],
});
