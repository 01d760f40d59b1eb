import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { exists, makeCacheFolder } from './cache-folder.mjs'
import { textDigest } from './digest.mjs'
import { withLock } from './lock.mjs'
import { npmCommand, outerEnvironment } from './npm-command.mjs'
import { stalePackages } from './package-staleness.mjs'
import { CACHE, cloneLock, inModules, PROJECT_NODE, ROOT } from './project.mjs'
import { runOrFail } from './run-command.mjs'
import { readStamp, stampText, writeStamp } from './stamp.mjs'

const STEP = 'Installing npm packages'
const STAMP = inModules('.ferry-installed.json')

/**
 * Installs the npm packages of package-lock.json when they are missing or others. The stamp is written last, so
 * that an interrupted installation is one that never was.
 * @param {import('./run-entry.mjs').Context} context
 */
export async function ensureNpmPackages(context) {
  await makeCacheFolder(CACHE)
  const wanted = await wantedDigest()
  if (await isInstalled(wanted)) return
  const onWait = (/** @type {string} */ holder) =>
    context.steps.note(`Waiting for ${holder}, which is installing packages here …`)
  await withLock(cloneLock('npm'), { abort: context.abort, onWait }, async () => {
    if (await isInstalled(wanted)) return
    if (!(await matchesLockFile())) {
      await context.steps.step(STEP, (progress) => install(context, progress))
    }
    await writeStamp(STAMP, { wanted })
  })
}

/** Everything that decides what an installation gives, as one digest. */
async function wantedDigest() {
  const [lock, manifest] = await Promise.all(
    ['package-lock.json', 'package.json'].map((file) => readFile(path.join(ROOT, file), 'utf8')),
  )
  const { allowScripts } = JSON.parse(manifest ?? '{}')
  return textDigest(JSON.stringify([lock, allowScripts, process.platform, process.arch]))
}

/** @param {string} wanted */
async function isInstalled(wanted) {
  return stampText(await readStamp(STAMP), 'wanted') === wanted && (await exists(PROJECT_NODE))
}

/** Whether someone has installed all of it by hand (`npm install`): then there is nothing to do. */
async function matchesLockFile() {
  if (!(await exists(PROJECT_NODE))) return false
  const read = async (/** @type {string} */ file) => JSON.parse(await readFile(file, 'utf8'))
  const installed = await read(inModules('.package-lock.json')).catch(() => undefined)
  return stalePackages(await read(path.join(ROOT, 'package-lock.json')), installed).length === 0
}

/**
 * @param {import('./run-entry.mjs').Context} context
 * @param {(text: string) => void} progress
 */
async function install({ abort, env }, progress) {
  const npm = npmCommand(env, process.platform)
  // `npm ci` deletes node_modules first, which Windows refuses while our own Node runs from there.
  const runsFromModules = process.execPath.startsWith(inModules(''))
  const verb = process.platform === 'win32' && runsFromModules ? 'install' : 'ci'
  await runOrFail(
    npm.command,
    [...npm.prefix, verb, '--loglevel=error', '--no-audit', '--no-fund'],
    {
      abort,
      cwd: ROOT,
      env: { ...outerEnvironment(env), NODE_ENV: 'development' },
      onLine: progress,
      step: STEP,
      remedy:
        'Check that npm reaches its registry (`npm ping`) and that the disk is not full, then run it again.',
    },
  )
}
