import { spawn } from 'node:child_process'
import { signalGroup } from './run-command.mjs'
import { StepFailure } from './step-failure.mjs'

/**
 * Where a window can open: on Linux X11 or Wayland say so by a variable, the other systems always have a screen.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} env
 * @returns {'native' | 'x11' | 'wayland' | 'none'}
 */
export function displayOf(platform, { DISPLAY: x11, WAYLAND_DISPLAY: wayland }) {
  if (platform !== 'linux') return 'native'
  if (x11 !== undefined && x11 !== '') return 'x11'
  return wayland !== undefined && wayland !== '' ? 'wayland' : 'none'
}

/**
 * Refuses to go on where no window can open.
 * @param {NodeJS.ProcessEnv} env
 * @throws {StepFailure} that says how to go on
 */
export function requireDisplay(env) {
  if (displayOf(process.platform, env) !== 'none') return
  throw new StepFailure({
    step: 'Opening the app',
    cause: 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)',
    remedy:
      'Start it in a desktop session, or on a virtual display: xvfb-run -a npm start (Debian, Ubuntu: apt-get install -y xvfb xauth)',
  })
}

/**
 * Electron's switches for this user and display: root has no sandbox, and Wayland alone must be asked for.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export function electronSwitches(env) {
  const root = process.platform === 'linux' && process.getuid?.() === 0
  const wayland = displayOf(process.platform, env) === 'wayland'
  return [...(root ? ['--no-sandbox'] : []), ...(wayland ? ['--ozone-platform=wayland'] : [])]
}

const START_MS = 15_000

/**
 * Runs `work` with a display: the one there is, or a virtual one of its own that ends with it. The X server picks
 * its own free number, so that several at once never meet.
 * @template T
 * @param {{ env: NodeJS.ProcessEnv }} context
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withDisplay({ env }, work) {
  if (displayOf(process.platform, env) !== 'none') return work(env)
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-noreset'],
    { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  try {
    const number = await displayNumber(server)
    return await work({ ...env, DISPLAY: `:${number}` })
  } finally {
    signalGroup(server.pid, 'SIGTERM')
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<string>}
 */
function displayNumber(server) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ cause) => {
      clearTimeout(timer)
      reject(
        new StepFailure({
          step: 'Starting a virtual display (Xvfb)',
          cause,
          remedy:
            'Install it (Debian, Ubuntu: apt-get install -y xvfb), or run this where a display is.',
        }),
      )
    }
    const timer = setTimeout(fail, START_MS, `it gave no display within ${START_MS / 1000} s`)
    server.once('error', (error) => fail(error.message))
    server.once('exit', (code) => fail(`it ended with code ${code}`))
    server.stdio[3]?.once('data', (/** @type {Buffer} */ chunk) => {
      clearTimeout(timer)
      resolve(chunk.toString('utf8').trim())
    })
  })
}
