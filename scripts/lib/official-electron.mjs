import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { exists } from './cache-folder.mjs'
import { electronExecutable } from './electron-plan.mjs'
import { CACHE, inModules, installedVersion, PROJECT_NODE, ROOT } from './project.mjs'
import { runCommand, runOrFail } from './run-command.mjs'
import { readStamp, stampText, writeStamp } from './stamp.mjs'

/** A host that says nothing for this long is given up (ms). */
const SILENCE_MS = 15_000
const UNPACK_MS = 120_000
const FAILURE_STAMP = path.join(CACHE, 'electron-download-failed.json')

/**
 * Whether the official Electron of package.json is in node_modules, whole: its own installer writes path.txt last.
 */
export async function hasOfficialElectron() {
  const folder = inModules('electron')
  const read = (/** @type {string[]} */ ...file) =>
    readFile(path.join(folder, ...file), 'utf8').catch(() => '')
  const [version, pathFile] = await Promise.all([read('dist', 'version'), read('path.txt')])
  return (
    version.trim().replace(/^v/, '') === installedVersion('electron') &&
    pathFile === electronExecutable(process.platform).replaceAll(path.sep, '/') &&
    (await exists(path.join(folder, 'dist', pathFile)))
  )
}

/**
 * When the download of this very version last failed on this machine, in ms since 1970.
 * @returns {Promise<number | undefined>}
 */
export async function lastDownloadFailure() {
  const stamp = await readStamp(FAILURE_STAMP)
  if (stampText(stamp, 'version') !== installedVersion('electron')) return undefined
  const at = Date.parse(stampText(stamp, 'at') ?? '')
  return Number.isNaN(at) ? undefined : at
}

/**
 * Downloads the official Electron into node_modules. A host that cannot be reached costs 15 s at most and is
 * remembered; so does one that stops in the middle.
 * @param {import('./run-entry.mjs').Context} context
 * @returns {Promise<{ kind: 'ready' } | { kind: 'unreachable', reason: string }>}
 */
export async function downloadOfficialElectron({ steps, abort, env }) {
  const version = installedVersion('electron')
  try {
    await steps.step(`Downloading Electron ${version}`, async (progress) => {
      const fetched = await runCommand(
        PROJECT_NODE,
        [path.join(ROOT, 'scripts', 'lib', 'download-electron.mjs')],
        { abort, env, cwd: ROOT, silenceMs: SILENCE_MS, onLine: progress },
      )
      if (fetched.kind === 'timeout') throw new Unreachable(`no answer for ${SILENCE_MS / 1000} s`)
      if (fetched.kind !== 'exited' || fetched.code !== 0)
        throw new Unreachable(whyNot(fetched.output))
      progress('unpacking')
      await runOrFail(PROJECT_NODE, [inModules('electron', 'install.js')], {
        abort,
        env,
        cwd: ROOT,
        timeoutMs: UNPACK_MS,
        step: `Unpacking Electron ${version}`,
        remedy:
          'Make sure that the disk is not full, delete node_modules/electron/dist and run it again.',
      })
    })
    return { kind: 'ready' }
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    const reason = error.message
    await writeStamp(FAILURE_STAMP, { version, at: new Date().toISOString(), reason })
    return { kind: 'unreachable', reason }
  }
}

/** The download did not come about: the next source is tried. */
class Unreachable extends Error {}

/**
 * The line of an uncaught error's print that names the cause: the innermost one, if it has any.
 * @param {string} output
 */
export function whyNot(output) {
  const lines = output.split('\n').map((line) => line.trim())
  const causes = lines.filter((line) => /^(\[cause\]: )?[\w$]*Error\b.*: /.test(line))
  const line = causes.at(-1) ?? lines.findLast((text) => text !== '') ?? 'it failed without a word'
  return line.replace(/^(\[cause\]: )?(Error: )?/, '').replace(/\s*\{$/, '')
}
