import os from 'node:os'
import process from 'node:process'
import { endWithNpm } from './parent-watch.mjs'
import { Interrupted, messageOf, StepFailure } from './step-failure.mjs'
import { createSteps } from './steps.mjs'

/**
 * What every script gets.
 * @typedef {object} Context
 * @property {import('./steps.mjs').Steps} steps
 * @property {AbortSignal} abort fires on the first Ctrl-C, SIGTERM or SIGHUP; its reason is the signal's name
 * @property {NodeJS.ProcessEnv} env
 */

/** @type {readonly NodeJS.Signals[]} */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs an entry script to its exit code. A foreseen failure is told as three lines (step, cause, what to do) and
 * exit code 1; a signal ends what runs and gives 128 + its number.
 * @param {(context: Context) => Promise<number>} main
 * @param {import('./steps.mjs').Terminal} terminal where progress and failures are shown
 */
export async function runEntry(main, terminal = process.stderr) {
  endWithNpm(process.env)
  const controller = new AbortController()
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => controller.abort(signal)
  for (const signal of ENDING_SIGNALS) process.on(signal, onSignal)
  const steps = createSteps({ terminal, now: () => performance.now() })
  try {
    process.exitCode = await main({ steps, abort: controller.signal, env: process.env })
  } catch (error) {
    process.exitCode = reportFailure(error, steps)
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, onSignal)
  }
}

/**
 * Tells why a script cannot go on.
 * @param {unknown} error
 * @param {import('./steps.mjs').Steps} steps
 * @returns {number} the exit code
 */
export function reportFailure(error, steps) {
  if (error instanceof Interrupted) {
    steps.note('\nStopped. Run the command again to go on from here.')
    return 128 + (os.constants.signals[error.signal] ?? 0)
  }
  if (error instanceof StepFailure) {
    steps.note(`\nFailed: ${error.step}\nCause:  ${error.message}\nTo do:  ${error.remedy}`)
    return 1
  }
  steps.note(`\nFailed: the script itself\nCause:  ${messageOf(error)}`)
  steps.note('To do:  run the command again; if it stays, report this with the lines above.')
  return 1
}
