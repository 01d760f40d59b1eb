import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/**
 * The digest of a file of any size, written as in package-lock.json: `sha512-BASE64`.
 * @param {string} file
 * @param {'sha256' | 'sha512'} algorithm
 */
export async function fileIntegrity(file, algorithm) {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(file), hash)
  return `${algorithm}-${hash.digest('base64')}`
}

/**
 * The SHA-256 of a text, in hex.
 * @param {string} text
 */
export function textDigest(text) {
  return createHash('sha256').update(text).digest('hex')
}
