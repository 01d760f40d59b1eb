import { readFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { exists } from './cache-folder.mjs'
import { DOWNLOAD_RETRY_MS, electronExecutable, planElectron } from './electron-plan.mjs'
import {
  downloadOfficialElectron,
  hasOfficialElectron,
  lastDownloadFailure,
} from './official-electron.mjs'
import { inModules, installedVersion } from './project.mjs'
import { registryRuntime, runtimeFits } from './registry-runtime.mjs'
import { describeResult, runCommand } from './run-command.mjs'
import { StepFailure } from './step-failure.mjs'

/**
 * The Electron in use.
 * @typedef {object} ElectronRuntime
 * @property {'override' | 'official' | 'registry'} kind
 * @property {string} folder what ELECTRON_OVERRIDE_DIST_PATH would be
 * @property {string} executable
 * @property {string} version like "33.2.1"
 */

const STEP = 'Finding an Electron'

/**
 * Finds an Electron, in this order: ELECTRON_OVERRIDE_DIST_PATH, the official one already there, the official
 * download, the runtime from the package registry (linux-x64). Needs the npm packages.
 * @param {import('./run-entry.mjs').Context} context
 * @returns {Promise<ElectronRuntime>}
 * @throws {StepFailure} when there is none
 */
export async function findElectron(context) {
  const { ELECTRON_OVERRIDE_DIST_PATH: override } = context.env
  const plan = planElectron({
    override,
    official: await hasOfficialElectron(),
    fallbackFits: runtimeFits({ platform: process.platform, arch: process.arch }),
    downloadFailedAt: await lastDownloadFailure(),
    now: Date.now(),
  })
  let reason = ''
  for (const source of plan) {
    if (source === 'override') return fromOverride(path.resolve(override ?? ''), context)
    if (source === 'official') return official()
    if (source === 'fallback') {
      const { folder, version } = await registryRuntime(context)
      return { kind: 'registry', folder, version, executable: path.join(folder, 'electron') }
    }
    const outcome = await downloadOfficialElectron(context)
    if (outcome.kind === 'ready') return official()
    reason = outcome.reason
    if (plan.includes('fallback')) {
      context.steps.note(
        `  Its host cannot be reached (${reason}); going on with the runtime from the package registry, for ${DOWNLOAD_RETRY_MS / 3_600_000} hours.`,
      )
    }
  }
  throw new StepFailure({
    step: STEP,
    cause: `Electron ${installedVersion('electron')} for ${process.platform}-${os.arch()} could not be downloaded (${reason})`,
    remedy:
      'Connect to its host, or set ELECTRON_MIRROR to a mirror or ELECTRON_OVERRIDE_DIST_PATH to the folder of an Electron, and run it again.',
  })
}

/** @returns {ElectronRuntime} */
function official() {
  const folder = inModules('electron', 'dist')
  return {
    kind: 'official',
    folder,
    executable: path.join(folder, electronExecutable(process.platform)),
    version: installedVersion('electron'),
  }
}

/**
 * @param {string} folder
 * @param {import('./run-entry.mjs').Context} context
 * @returns {Promise<ElectronRuntime>}
 */
async function fromOverride(folder, context) {
  const executable = path.join(folder, electronExecutable(process.platform))
  if (!(await exists(executable))) {
    throw new StepFailure({
      step: STEP,
      cause: `ELECTRON_OVERRIDE_DIST_PATH is ${folder}, where there is no ${path.basename(executable)}`,
      remedy: 'Set it to the folder of an unpacked Electron, or unset it.',
    })
  }
  const written = await readFile(path.join(folder, 'version'), 'utf8').catch(() => '')
  const version = written.trim().replace(/^v/, '') || (await askVersion(executable, context))
  return { kind: 'override', folder, executable, version }
}

/**
 * @param {string} executable
 * @param {import('./run-entry.mjs').Context} context
 */
async function askVersion(executable, { abort, env }) {
  const result = await runCommand(executable, ['-p', 'process.versions.electron'], {
    abort,
    env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    timeoutMs: 15_000,
  })
  const version = result.stdout.trim()
  if (result.kind === 'exited' && /^\d+\.\d+\.\d+/.test(version)) return version
  throw new StepFailure({
    step: STEP,
    cause: describeResult(executable, result),
    remedy: 'Set ELECTRON_OVERRIDE_DIST_PATH to the folder of a working Electron, or unset it.',
  })
}
