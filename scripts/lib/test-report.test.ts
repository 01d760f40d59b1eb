import { describe, expect, test } from 'vitest'
import { tallyPlaywright, tallyVitest, total } from './test-report.mjs'

describe('the report of Vitest', () => {
  const report = { numPassedTests: 5, numFailedTests: 0, testResults: [] }

  test('is counted', () => {
    expect(tallyVitest(report, true)).toEqual({ passed: 5, failed: 0 })
    expect(tallyVitest({ ...report, numFailedTests: 2 }, false)).toEqual({ passed: 5, failed: 2 })
  })

  test('a file that could not be loaded is a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }]
    expect(tallyVitest({ ...report, testResults }, false)).toEqual({ passed: 5, failed: 1 })
  })

  test('a file with failed tests is not counted on top of them', () => {
    const testResults = [{ status: 'failed', assertionResults: [{ status: 'failed' }] }]
    const counted = tallyVitest({ ...report, numFailedTests: 1, testResults }, false)
    expect(counted).toEqual({ passed: 5, failed: 1 })
  })

  test('an error outside of every test is a failure', () => {
    expect(tallyVitest(report, false)).toMatchObject({ passed: 5, failed: 1 })
  })

  test('skipped tests are failures', () => {
    const skipping = { ...report, numPendingTests: 1, numTodoTests: 1 }
    expect(tallyVitest(skipping, true)).toMatchObject({ passed: 5, failed: 2 })
  })

  test.each([undefined, null, 'x', {}, { numPassedTests: 0 }])(
    'no test at all (%o) is a failure',
    (none) => {
      expect(tallyVitest(none, true)).toMatchObject({
        passed: 0,
        failed: 1,
        problem: 'no test ran',
      })
    },
  )
})

describe('the report of Playwright', () => {
  const stats = { expected: 7, unexpected: 0, flaky: 0, skipped: 0 }

  test('is counted', () => {
    expect(tallyPlaywright({ stats, errors: [] }, true)).toEqual({ passed: 7, failed: 0 })
    const failing = { stats: { ...stats, unexpected: 2 }, errors: [] }
    expect(tallyPlaywright(failing, false)).toEqual({ passed: 7, failed: 2 })
  })

  test('flaky and skipped tests are failures, as are errors outside of tests', () => {
    const report = { stats: { ...stats, flaky: 1, skipped: 1 }, errors: [{ message: 'x' }] }
    expect(tallyPlaywright(report, false)).toMatchObject({ passed: 7, failed: 3 })
  })

  test('no report is a failure', () => {
    expect(tallyPlaywright(undefined, true)).toMatchObject({ passed: 0, failed: 1 })
  })
})

test('steps add up', () => {
  expect(
    total([
      { passed: 1, failed: 0 },
      { passed: 2, failed: 3 },
    ]),
  ).toEqual({ passed: 3, failed: 3 })
  expect(total([])).toEqual({ passed: 0, failed: 0 })
})
