import { defineConfig } from 'playwright/test'

/** `1`: also the tests that take minutes of real time, whose titles say `@slow`. */
const { FERRY_SLOW: slow } = process.env

/**
 * End to end in a real Electron: one test at a time (each starts several apps), never a second try (a test that
 * passes at times is a failure), and everything kept of one that failed.
 */
export default defineConfig({
  testDir: 'e2e/specs',
  outputDir: 'test-results/e2e',
  workers: 1,
  retries: 0,
  fullyParallel: false,
  forbidOnly: true,
  ...(slow === '1' ? {} : { grepInvert: /@slow/ }),
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
})
