const UNSTORABLE = /\0|\p{Surrogate}/u

/**
 * Whether a text can be kept and given back unchanged: half a surrogate pair has no UTF-8, and PostgreSQL has no NUL.
 * Such text is refused rather than altered.
 */
export function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** Whether a text is longer than `limit` bytes of UTF-8. */
export function exceedsUtf8(text: string, limit: number): boolean {
  if (text.length > limit) return true
  if (text.length * 3 <= limit) return false
  return utf8Length(text) > limit
}

/** Length of a text in bytes of UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    bytes += 1
    // A pair of surrogates is two units and four bytes, so each half counts two.
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) bytes += 1
  }
  return bytes
}
