// Pictures of every screen, for people to look at: `target/screenshots/<screen>-<lang>-<width>.png`.
// Nothing is compared with earlier pictures here.
import { defineConfig } from '@playwright/test';
import stories from './playwright.config';

export default defineConfig({
  ...stories,
  testMatch: '**/*.shots.ts',
  outputDir: '../target/end2end/screenshots-artifacts',
  reporter: [['list']],
  projects: [
    { name: '390', use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } },
    { name: '1280', use: { viewport: { width: 1280, height: 800 } } },
  ],
});
