import { randomFillSync } from 'node:crypto'

/** Crockford's base 32, lower case: its order is that of the bytes. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_DIGITS = 10
const RANDOM_DIGITS = 16
const POOL_BYTES = 4_096

/**
 * Makes ids that cannot be guessed (80 random bits) and that sort by the time they were made, so that an index over
 * them grows at its end [ULID]. Opaque to clients.
 *
 * @param now the clock, ms since the epoch
 */
export function createFreshIds(now: () => number): () => string {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  let millisecond = -1
  let prefix = ''
  return () => {
    const at = now()
    if (at !== millisecond) {
      millisecond = at
      prefix = timeDigits(at)
    }
    if (used + RANDOM_DIGITS > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    let id = prefix
    // Five bits of each byte: 16 digits of 5 bits are the 80.
    for (const byte of pool.subarray(used, used + RANDOM_DIGITS)) id += ALPHABET[byte & 31]
    used += RANDOM_DIGITS
    return id
  }
}

function timeDigits(at: number): string {
  let digits = ''
  let rest = at
  for (let i = 0; i < TIME_DIGITS; i++) {
    digits = `${ALPHABET[rest % 32]}${digits}`
    rest = Math.floor(rest / 32)
  }
  return digits
}
