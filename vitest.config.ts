import { defineConfig } from 'vitest/config'

const elsewhere = [
  '**/node_modules/**',
  'out/**',
  'release/**',
  'data/**',
  '.tsbuild/**',
  'e2e/specs/**',
]

/**
 * Two kinds of tests. `unit`: pure or nearly so, in parallel. `integration`: starts servers and processes, so it gets
 * time and does not crowd two cores.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...elsewhere, '**/*.integration.test.*'],
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['**/*.integration.test.ts'],
          exclude: elsewhere,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          pool: 'forks',
          maxWorkers: 2,
        },
      },
    ],
  },
})
