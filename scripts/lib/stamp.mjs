import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Reads a stamp: a small JSON file that says what a finished step was done for. Missing or damaged means that the
 * step is to be done again, so both read as undefined.
 * @param {string} file
 * @returns {Promise<unknown>}
 */
export async function readStamp(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Writes a stamp in one step, as the last act of what it stands for.
 * @param {string} file
 * @param {unknown} value
 */
export async function writeStamp(file, value) {
  await mkdir(path.dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, `${JSON.stringify(value, null, 2)}\n`)
  await rename(temporary, file)
}

/**
 * A string property of a stamp, or undefined where the stamp is not what it should be.
 * @param {unknown} stamp
 * @param {string} key
 * @returns {string | undefined}
 */
export function stampText(stamp, key) {
  if (typeof stamp !== 'object' || stamp === null) return undefined
  const value = /** @type {Record<string, unknown>} */ (stamp)[key]
  return typeof value === 'string' ? value : undefined
}
