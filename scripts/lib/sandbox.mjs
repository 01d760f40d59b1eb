import { stat } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from './run-command.mjs'
import { StepFailure } from './step-failure.mjs'

const QUICK_MS = 10_000

/**
 * What Electron's sandbox can stand on.
 * @typedef {object} SandboxFacts
 * @property {NodeJS.Platform} platform
 * @property {boolean} root
 * @property {{ uid: number, mode: number } | undefined} helper its setuid helper beside the executable
 * @property {boolean} namespaces this user may make user namespaces
 */

/**
 * Whether Electron can start here with its sandbox: root has none; otherwise user namespaces or the setuid helper
 * carry it. Some systems (Ubuntu since 23.10, hardened kernels) forbid the first and nobody has set up the second.
 * @param {SandboxFacts} facts
 * @returns {'off' | 'works' | 'forbidden'}
 */
export function sandboxOf({ platform, root, helper, namespaces }) {
  if (platform !== 'linux') return 'works'
  if (root) return 'off'
  const setuidRoot = helper !== undefined && helper.uid === 0 && (helper.mode & 0o4001) === 0o4001
  return namespaces || setuidRoot ? 'works' : 'forbidden'
}

/**
 * Refuses to start an Electron that would abort for want of its sandbox; it is never switched off instead.
 * @param {import('./run-entry.mjs').Context} context
 * @param {import('./electron-runtime.mjs').ElectronRuntime} electron
 * @throws {StepFailure} with the command that sets it up
 */
export async function requireSandbox(context, { folder }) {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return
  const file = path.join(folder, 'chrome-sandbox')
  const helper = await stat(file).then(
    ({ uid, mode }) => ({ uid, mode }),
    () => undefined,
  )
  const facts = {
    platform: process.platform,
    root: false,
    helper,
    namespaces: await mayMakeNamespaces(context),
  }
  if (sandboxOf(facts) !== 'forbidden') return
  throw new StepFailure({
    step: 'Opening the app',
    cause: 'this system lets no program of yours make a sandbox (user namespaces are restricted)',
    remedy: `Once: sudo chown root:root ${file} && sudo chmod 4755 ${file}`,
  })
}

/**
 * Tries it with the tool that every Linux has; where it is missing, Electron itself will tell.
 * @param {import('./run-entry.mjs').Context} context
 */
async function mayMakeNamespaces({ abort }) {
  const result = await runCommand('unshare', ['--user', '--map-root-user', 'true'], {
    abort,
    timeoutMs: QUICK_MS,
  })
  return result.kind === 'not-started' || (result.kind === 'exited' && result.code === 0)
}
