/** Bytes that one UTF-16 code unit takes at most in UTF-8. */
const MAX_BYTES_PER_UNIT = 3

/**
 * The size of a body in bytes of UTF-8 when it is over `limit`, else null. Texts that cannot be over it are not
 * encoded: this runs on every key press.
 */
export function oversize(body: string, limit: number): number | null {
  if (body.length * MAX_BYTES_PER_UNIT <= limit) return null
  const bytes = new TextEncoder().encode(body).length
  return bytes > limit ? bytes : null
}
