import { access, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf, StepFailure } from './step-failure.mjs'

const ABANDONED_AFTER_MS = 60 * 60 * 1000
const WORK_PREFIX = 'work-'

/**
 * The user's cache folder of this project: what is built or fetched once a machine, for all clones.
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string }} machine
 * @returns {string} an absolute path; it need not exist
 */
export function cacheFolder({ platform, env, home }) {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = env
  if (platform === 'win32')
    return path.join(local ?? path.join(home, 'AppData', 'Local'), 'ferry', 'Cache')
  if (xdg !== undefined && path.isAbsolute(xdg)) return path.join(xdg, 'ferry')
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'ferry')
  return path.join(home, '.cache', 'ferry')
}

/**
 * Makes one entry of the cache, whole or not at all: `fill` works in a folder beside it, which takes the entry's
 * name in one rename. Two clones that make the same entry at once both succeed; the first one's is kept.
 * @param {string} cache the cache folder
 * @param {string} name the entry's name
 * @param {(folder: string) => Promise<void>} fill
 * @returns {Promise<string>} the entry's path
 */
export async function makeCacheEntry(cache, name, fill) {
  const entry = path.join(cache, name)
  await withWorkFolder(cache, async (work) => {
    const made = path.join(work, 'entry')
    await mkdir(made)
    await fill(made)
    try {
      await rename(made, entry)
    } catch (error) {
      if (!(await exists(entry))) throw error
    }
  })
  return entry
}

/**
 * Lends a temporary folder on the cache's disk (so that renames out of it are atomic) and removes it afterwards.
 * What a killed run left behind is removed after an hour.
 * @template T
 * @param {string} cache
 * @param {(folder: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withWorkFolder(cache, use) {
  await makeCacheFolder(cache)
  await removeAbandoned(cache)
  const work = await mkdtemp(path.join(cache, WORK_PREFIX))
  try {
    return await use(work)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * Makes the cache folder where it is missing.
 * @param {string} cache
 * @throws {StepFailure} when it cannot be made
 */
export async function makeCacheFolder(cache) {
  try {
    await mkdir(cache, { recursive: true })
  } catch (error) {
    throw new StepFailure({
      step: 'Preparing the cache folder',
      cause: messageOf(error),
      remedy: `Make ${cache} possible, or set XDG_CACHE_HOME to a folder that can be written to.`,
    })
  }
}

/** @param {string} cache */
async function removeAbandoned(cache) {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(WORK_PREFIX)) continue
    const folder = path.join(cache, name)
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    )
    if (age > ABANDONED_AFTER_MS) await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Whether a path leads to something.
 * @param {string} file
 */
export async function exists(file) {
  return access(file).then(
    () => true,
    () => false,
  )
}
