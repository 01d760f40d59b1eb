import { spawn } from 'node:child_process'
import net from 'node:net'
import path from 'node:path'
import { signalGroup } from './run-command.mjs'
import { StepFailure } from './step-failure.mjs'
import { answersX } from './x-server.mjs'

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
 * The environment without what names a display that nobody is behind.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function withLivingDisplay(env) {
  const { DISPLAY: x11, WAYLAND_DISPLAY: wayland, ...rest } = env
  const isX = displayOf(process.platform, env) === 'x11' && (await answersX(x11 ?? '', env))
  const isWayland = wayland !== undefined && wayland !== '' && (await answersWayland(wayland, env))
  if (process.platform !== 'linux') return env
  return {
    ...rest,
    ...(isX ? { DISPLAY: x11 } : {}),
    ...(isWayland ? { WAYLAND_DISPLAY: wayland } : {}),
  }
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>}
 */
function answersWayland(name, { XDG_RUNTIME_DIR: folder = '' }) {
  return new Promise((resolve) => {
    const socket = net.connect({ path: path.resolve(folder, name) })
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/**
 * Refuses to go on where no window can open.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<NodeJS.ProcessEnv>} with only displays that answer
 * @throws {StepFailure} that says how to go on
 */
export async function requireDisplay(env) {
  const living = await withLivingDisplay(env)
  if (displayOf(process.platform, living) !== 'none') return living
  const named = ['DISPLAY', 'WAYLAND_DISPLAY'].filter((name) => (env[name] ?? '') !== '')
  throw new StepFailure({
    step: 'Opening the app',
    cause:
      named.length === 0
        ? 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)'
        : `there is no display: nothing answers at ${named.map((name) => `${name}=${env[name]}`).join(' or ')}, or it does not let this user in`,
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
  const living = await withLivingDisplay(env)
  if (displayOf(process.platform, living) !== 'none') return work(living)
  const server = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp', '-noreset'],
    { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  )
  try {
    const number = await displayNumber(server)
    return await work({ ...living, DISPLAY: `:${number}` })
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
