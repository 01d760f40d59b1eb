import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from './cache-folder.mjs'
import { textDigest } from './digest.mjs'

/** The project's folder. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..')

/** The cache of this user on this machine. */
export const CACHE = cacheFolder({
  platform: process.platform,
  env: process.env,
  home: os.homedir(),
})

/**
 * A lock's file for this clone.
 * @param {string} name
 */
export function cloneLock(name) {
  return path.join(CACHE, 'locks', `${name}-${textDigest(ROOT).slice(0, 12)}.lock`)
}

/**
 * The lock of one entry of the cache, which all clones share.
 * @param {string} name
 */
export function cacheLock(name) {
  return path.join(CACHE, 'locks', `${name}.lock`)
}

/** The project's own Node (the tools want a newer one than the machine may have). */
export const PROJECT_NODE = path.join(
  ROOT,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
)

/**
 * A file inside an installed package.
 * @param {string[]} parts
 */
export function inModules(...parts) {
  return path.join(ROOT, 'node_modules', ...parts)
}

/**
 * The version of an installed package.
 * @param {string} name
 */
export function installedVersion(name) {
  /** @type {{ version: string }} */
  const manifest = JSON.parse(readFileSync(inModules(name, 'package.json'), 'utf8'))
  return manifest.version
}
