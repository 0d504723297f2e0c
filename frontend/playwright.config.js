import { defineConfig } from '@playwright/test';

/** A closed network should stay quiet: nothing of the browser's own goes out. */
const args = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// Every test starts a server of its own (e2e/server.js), so nothing is shared
// and nothing has to be running. Those that measure how long something takes say
// @alone, and run while no other does: see `make e2e`.
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000, // for a busy machine; the slowest takes a quarter of it
  expect: { timeout: 10_000 },
  reporter: [['list'], ['./e2e/summary.js']],
  use: {
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args },
    actionTimeout: 20_000,
    // A film of every page would cost a sixth of each run; what was on it is kept all the same.
    trace: { mode: 'retain-on-failure', screenshots: false },
    // For a picture Playwright puts a style into the page, which our policy forbids, and reports.
    screenshot: 'off',
    locale: 'en-GB',
    timezoneId: 'Europe/Zurich',
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    {
      name: 'desktop',
      testIgnore: 'origins/**',
      use: { viewport: { width: 1280, height: 800 } },
    },
    // The tutorials' own clients, all in one server: see docs/origins.md.
    { name: 'origins', testMatch: 'origins/*.spec.js', workers: 1, use: { trace: 'off' } },
    {
      name: 'phone',
      testIgnore: 'origins/**',
      grep: /@phone/,
      use: {
        viewport: { width: 390, height: 844 },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
      },
    },
  ],
});
