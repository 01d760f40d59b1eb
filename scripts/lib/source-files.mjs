import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { LAYERS } from './import-rules.mjs'
import { ROOT } from './project.mjs'

/**
 * Our own sources with their text, by path from the project's folder with forward slashes, sorted.
 * @returns {Promise<Map<string, string>>}
 */
export async function readSources() {
  const folders = new Set(LAYERS.map(({ folder }) => folder.split('/')[0] ?? folder))
  const lists = await Promise.all(
    [...folders].map(async (folder) => {
      const entries = await readdir(path.join(ROOT, folder), {
        recursive: true,
        withFileTypes: true,
      }).catch(() => [])
      return entries
        .filter((entry) => entry.isFile() && /\.(tsx?|mjs|cjs)$/.test(entry.name))
        .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    }),
  )
  const files = lists.flat().sort()
  const texts = await Promise.all(files.map((file) => readFile(path.join(ROOT, file), 'utf8')))
  return new Map(files.map((file, index) => [file.replaceAll(path.sep, '/'), texts[index] ?? '']))
}
