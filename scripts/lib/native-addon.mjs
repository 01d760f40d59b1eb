import { copyFile, cp, mkdir, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { exists, makeCacheEntry } from './cache-folder.mjs'
import { fileIntegrity, textDigest } from './digest.mjs'
import { needsCompiledAddon } from './electron-plan.mjs'
import { withLock } from './lock.mjs'
import { findNodeHeaders } from './node-headers.mjs'
import { CACHE, cacheLock, inModules, installedVersion, ROOT } from './project.mjs'
import { describeResult, runCommand, runOrFail } from './run-command.mjs'
import { readStamp, stampText, writeStamp } from './stamp.mjs'
import { StepFailure } from './step-failure.mjs'
import { ensureSystemPackages } from './system-packages.mjs'

const STEP = 'Compiling SQLite for this Electron (about 75 s, once a machine)'
const ADDON = 'better_sqlite3.node'
const SMOKE =
  'const d = new (require("better-sqlite3"))(":memory:"); d.prepare("select 1").get(); d.close()'

/**
 * The package asks for Node-API 10, the runtimes in question have 9: what it uses beyond 9 is there as
 * "experimental", so it is compiled against that. The result loads in every newer Node and Electron as well.
 */
const FLAGS =
  '-UNAPI_VERSION -DNAPI_VERSION=2147483647 -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT'

/** Where the package looks before it takes its prebuilt binary. */
const INSTALLED = inModules('better-sqlite3', 'build', 'Release', ADDON)
const STAMP = `${INSTALLED}.json`

/**
 * Makes better-sqlite3 load in the Electron in use: compiled from its own source once a machine where its prebuilt
 * binary needs a newer one, otherwise nothing.
 * @param {import('./run-entry.mjs').Context} context
 * @param {import('./electron-runtime.mjs').ElectronRuntime} electron
 */
export async function ensureAddon(context, electron) {
  if (!needsCompiledAddon(electron.version) || (await hasCompiledAddon())) return
  const entry = await compiledAddon(context)
  await installFrom(entry)
  const proof = await runCommand(electron.executable, ['-e', SMOKE], {
    abort: context.abort,
    cwd: ROOT,
    env: { ...context.env, ELECTRON_RUN_AS_NODE: '1' },
    timeoutMs: 30_000,
  })
  if (proof.kind === 'exited' && proof.code === 0) return
  // Neither is kept, so that the next run compiles afresh instead of failing in the same way.
  await Promise.all(
    [entry, path.dirname(INSTALLED)].map((folder) => rm(folder, { recursive: true })),
  )
  throw new StepFailure({
    step: 'Trying the compiled SQLite in this Electron',
    cause: describeResult(path.basename(electron.executable), proof),
    remedy: 'Run it again; it is compiled afresh then.',
  })
}

/**
 * Takes the compiled addon out of the cache, if it is there. For what runs on an old Node without an Electron.
 * @returns {Promise<boolean>} whether better-sqlite3 now loads on a Node-API 9
 */
export async function adoptCachedAddon() {
  if (await hasCompiledAddon()) return true
  const entry = path.join(CACHE, entryName())
  if (!(await isWhole(entry))) return false
  await installFrom(entry)
  return true
}

/** Whether node_modules has the compiled addon of the installed version. */
async function hasCompiledAddon() {
  const stamp = await readStamp(STAMP)
  return stampText(stamp, 'entry') === entryName() && (await exists(INSTALLED))
}

/** The cache entry's name: everything that the binary depends on. */
function entryName() {
  const version = installedVersion('better-sqlite3')
  const recipe = textDigest(FLAGS).slice(0, 8)
  return `better-sqlite3-${version}-napi9-${process.platform}-${process.arch}-${recipe}`
}

/** @param {string} entry */
async function installFrom(entry) {
  await mkdir(path.dirname(INSTALLED), { recursive: true })
  const temporary = `${INSTALLED}.${process.pid}`
  await copyFile(path.join(entry, ADDON), temporary)
  await rename(temporary, INSTALLED)
  await writeStamp(STAMP, { entry: path.basename(entry) })
}

/**
 * The cache entry with the compiled addon, whole; compiled now if it is missing or damaged.
 * @param {import('./run-entry.mjs').Context} context
 */
async function compiledAddon(context) {
  const name = entryName()
  const entry = path.join(CACHE, name)
  if (await isWhole(entry)) return entry
  await ensureSystemPackages(context, ['compiler'])
  const onWait = (/** @type {string} */ holder) =>
    context.steps.note(`Waiting for ${holder}, which is compiling the same …`)
  await withLock(cacheLock(name), { abort: context.abort, onWait }, async () => {
    if (await isWhole(entry)) return
    await rm(entry, { recursive: true, force: true })
    await context.steps.step(STEP, (progress) =>
      makeCacheEntry(CACHE, name, (folder) => compile(folder, { ...context, progress })),
    )
  })
  return entry
}

/**
 * Whether a cache entry holds the addon as it was compiled.
 * @param {string} entry
 */
async function isWhole(entry) {
  const written = stampText(await readStamp(path.join(entry, 'digest.json')), 'integrity')
  if (written === undefined) return false
  const actual = await fileIntegrity(path.join(entry, ADDON), 'sha256').catch(() => undefined)
  return actual === written
}

/**
 * Compiles in a copy, so that an interruption leaves nothing behind in node_modules.
 * @param {string} folder receives the addon and its digest
 * @param {{ abort: AbortSignal, env: NodeJS.ProcessEnv, progress: (text: string) => void }} world
 */
async function compile(folder, { abort, env, progress }) {
  const modules = path.join(`${folder}.source`, 'node_modules')
  for (const name of ['better-sqlite3', 'node-addon-api']) {
    await cp(inModules(name), path.join(modules, name), { recursive: true })
  }
  const source = path.join(modules, 'better-sqlite3')
  const nodeGyp = createRequire(path.join(ROOT, 'package.json')).resolve('node-gyp/bin/node-gyp.js')
  const headers = await findNodeHeaders(env)
  const args = [
    'rebuild',
    '--release',
    '--force_build=1',
    ...(headers ? [`--nodedir=${headers}`] : []),
  ]
  const { CXXFLAGS = '' } = env
  await runOrFail(process.execPath, [nodeGyp, ...args], {
    abort,
    cwd: source,
    env: { ...env, CXXFLAGS: `${CXXFLAGS} ${FLAGS}`, JOBS: 'max' },
    step: STEP,
    remedy: headers
      ? 'Read the lines above: a compiler for C++20 (g++ 10 or newer), make and python3 are needed.'
      : 'If it could not fetch the headers of Node: install them (libnode-dev, or the Node of nodejs.org) and run it again.',
    onLine: (line) => {
      const target = /\(target\) .*\/([\w.]+)$/.exec(line)?.[1]
      if (target !== undefined) progress(target)
    },
  })
  const built = path.join(source, 'build', 'Release', ADDON)
  await copyFile(built, path.join(folder, ADDON))
  await writeStamp(path.join(folder, 'digest.json'), {
    integrity: await fileIntegrity(built, 'sha256'),
  })
}
