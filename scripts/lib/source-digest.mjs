import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { textDigest } from './digest.mjs'
import { ROOT } from './project.mjs'

/** What the bundles are made of. */
const FOLDERS = ['protocol', 'main', 'preload', 'renderer', 'server', 'resources']
const FILES = [
  'package-lock.json',
  'package.json',
  'electron.vite.config.ts',
  'vite.server.config.ts',
  'tsconfig.base.json',
]

/**
 * Whether a file can change a bundle: tests and what they lean on cannot.
 * @param {string} file
 */
export function isSource(file) {
  return !/\.test\.tsx?$|\.md$|(^|[\\/])test-support[\\/]|(^|[\\/])\./.test(file)
}

/**
 * One digest over everything that the bundles are made of, by content: a fresh clone or a touched file changes
 * nothing.
 * @param {string} mode what else decides the result, like "production"
 */
export async function sourceDigest(mode) {
  const lists = await Promise.all(
    FOLDERS.map(async (folder) => {
      const entries = await readdir(path.join(ROOT, folder), {
        recursive: true,
        withFileTypes: true,
      }).catch(() => [])
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    }),
  )
  const files = [...lists.flat().filter(isSource), ...FILES].sort()
  const digests = await Promise.all(
    files.map(async (file) => {
      const content = await readFile(path.join(ROOT, file), 'utf8').catch(() => '')
      return `${file} ${textDigest(content)}`
    }),
  )
  return textDigest([mode, ...digests].join('\n'))
}
