import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { ENDING_SIGNALS } from './run-entry.mjs'
import { StepFailure } from './step-failure.mjs'

/**
 * Runs a program in the foreground until it ends: its terminal is ours, signals to us go to it, and its exit code
 * is the result. It leads a process group of its own, so that a Ctrl-C, which the terminal sends to the whole
 * group, reaches it once: Electron takes the second one for "at once", without saving.
 * @param {string} executable
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} 128 + the signal's number if a signal ended it
 * @throws {StepFailure} when it cannot be started
 */
export async function runApp(executable, args, env) {
  const child = spawn(executable, args, {
    env: withoutNodeMode(env),
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  })
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal)
  for (const signal of ENDING_SIGNALS) process.on(signal, forward)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) =>
        reject(
          new StepFailure({
            step: 'Opening the app',
            cause: `${executable} could not be started (${error.message})`,
            remedy: 'Run it again; if it stays, delete that file and run it again.',
          }),
        ),
      )
      child.once('exit', (code, signal) => {
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
      })
    })
  } finally {
    for (const signal of ENDING_SIGNALS) process.off(signal, forward)
  }
}

/**
 * With ELECTRON_RUN_AS_NODE (editors' terminals set it) no window would ever open.
 * @param {NodeJS.ProcessEnv} env
 */
function withoutNodeMode(env) {
  const { ELECTRON_RUN_AS_NODE: _, ...rest } = env
  return rest
}
