/**
 * What a step of `npm test` came to. `problem` says in words what no single test can be blamed for.
 * @typedef {{ passed: number, failed: number, problem?: string }} Tally
 */

/**
 * Reads the report that Vitest wrote. A file that could not be loaded, an error outside of any test and a skipped
 * test count as failures: none of them may hide behind the tests that passed.
 * @param {unknown} report the parsed JSON, or undefined if there is none
 * @param {boolean} exitedWell
 * @returns {Tally}
 */
export function tallyVitest(report, exitedWell) {
  const passed = count(report, 'numPassedTests')
  const failed = count(report, 'numFailedTests')
  const unrun = count(report, 'numPendingTests') + count(report, 'numTodoTests')
  const brokenFiles = list(report, 'testResults').filter(
    (file) => field(file, 'status') === 'failed' && list(file, 'assertionResults').length === 0,
  )
  return conclude({ passed, failed: failed + unrun + brokenFiles.length, unrun }, exitedWell)
}

/**
 * Reads the report that Playwright wrote. A test that passed only on a second try is a failure, as is a skipped one.
 * @param {unknown} report the parsed JSON, or undefined if there is none
 * @param {boolean} exitedWell
 * @returns {Tally}
 */
export function tallyPlaywright(report, exitedWell) {
  const stats = field(report, 'stats')
  const unrun = count(stats, 'skipped')
  const failed = count(stats, 'unexpected') + count(stats, 'flaky') + unrun
  return conclude(
    { passed: count(stats, 'expected'), failed: failed + list(report, 'errors').length, unrun },
    exitedWell,
  )
}

/**
 * @param {{ passed: number, failed: number, unrun: number }} counts
 * @param {boolean} exitedWell
 * @returns {Tally}
 */
function conclude({ passed, failed, unrun }, exitedWell) {
  if (passed + failed === 0) return { passed, failed: 1, problem: 'no test ran' }
  if (failed === 0 && !exitedWell) {
    return { passed, failed: 1, problem: 'every test passed, yet the run ended with an error' }
  }
  return {
    passed,
    failed,
    ...(unrun > 0 ? { problem: `${unrun} skipped, which counts as failed` } : {}),
  }
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {{ passed: number, failed: number }}
 */
export function total(tallies) {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  }
}

/**
 * @param {unknown} value
 * @param {string} key
 * @returns {unknown}
 */
function field(value, key) {
  if (typeof value !== 'object' || value === null) return undefined
  return /** @type {Record<string, unknown>} */ (value)[key]
}

/**
 * @param {unknown} value
 * @param {string} key
 */
function count(value, key) {
  const number = field(value, key)
  return typeof number === 'number' ? number : 0
}

/**
 * @param {unknown} value
 * @param {string} key
 * @returns {unknown[]}
 */
function list(value, key) {
  const items = field(value, key)
  return Array.isArray(items) ? items : []
}
