import path from 'node:path'
import { exists } from './cache-folder.mjs'
import { withLock } from './lock.mjs'
import { cloneLock, inModules, PROJECT_NODE, ROOT } from './project.mjs'
import { runOrFail } from './run-command.mjs'
import { sourceDigest } from './source-digest.mjs'
import { readStamp, stampText, writeStamp } from './stamp.mjs'

const OUT = path.join(ROOT, 'out')
const STAMP = path.join(OUT, 'built.json')
const BUNDLES = [
  'main/index.cjs',
  'main/profile-engine.cjs',
  'main/wal-thread.cjs',
  'preload/index.cjs',
  'renderer/index.html',
  'server/main.cjs',
]
const REMEDY = 'Mend what the lines above name, and run it again.'

/** The server's bundle, which runs in Node and in Electron alike. */
export const SERVER_BUNDLE = path.join(OUT, 'server', 'main.cjs')

/**
 * Builds the four bundles in `out/` when their sources are not those they were built from.
 * @param {import('./run-entry.mjs').Context} context
 * @param {{ always?: boolean }} [options]
 */
export async function ensureBuild(context, { always = false } = {}) {
  if (!always && (await isFresh(await sourceDigest('production')))) return
  const onWait = (/** @type {string} */ holder) =>
    context.steps.note(`Waiting for ${holder}, which is building here …`)
  await withLock(cloneLock('build'), { abort: context.abort, onWait }, async () => {
    // Taken before the build: what changes meanwhile makes it stale, never fresh.
    const digest = await sourceDigest('production')
    if (!always && (await isFresh(digest))) return
    await context.steps.step('Building', async (progress) => {
      await bundle(context, progress, inModules('electron-vite', 'bin', 'electron-vite.js'), [
        'build',
      ])
      await buildServer(context, progress)
      await writeStamp(STAMP, { digest })
    })
  })
}

/**
 * Builds the server's bundle alone.
 * @param {import('./run-entry.mjs').Context} context
 * @param {(text: string) => void} progress
 */
async function buildServer(context, progress) {
  const vite = inModules('vite', 'bin', 'vite.js')
  await bundle(context, progress, vite, ['build', '--config', 'vite.server.config.ts'])
}

/**
 * @param {import('./run-entry.mjs').Context} context
 * @param {(text: string) => void} progress
 * @param {string} tool
 * @param {string[]} args
 */
async function bundle({ abort, env }, progress, tool, args) {
  await runOrFail(PROJECT_NODE, [tool, ...args], {
    abort,
    cwd: ROOT,
    env: { ...env, NODE_ENV: 'production' },
    onLine: progress,
    step: 'Building',
    remedy: REMEDY,
  })
}

/** @param {string} digest */
async function isFresh(digest) {
  if (stampText(await readStamp(STAMP), 'digest') !== digest) return false
  const present = await Promise.all(BUNDLES.map((file) => exists(path.join(OUT, file))))
  return present.every(Boolean)
}
