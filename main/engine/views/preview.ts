/** Longest preview of a body, in UTF-16 code units. */
const PREVIEW_LENGTH = 140
/** How much of a body is looked at: blank runs shrink, and a body may be larger than a frame. */
const LOOKED_AT = PREVIEW_LENGTH * 4

/** The beginning of a body on one line. */
export function previewOf(body: string): string {
  const line = body.slice(0, LOOKED_AT).replace(/\s+/gu, ' ').trim()
  if (line.length <= PREVIEW_LENGTH && body.length <= LOOKED_AT) return line
  const code = line.charCodeAt(PREVIEW_LENGTH - 1)
  const splitsPair = code >= 0xd800 && code <= 0xdbff
  return `${line.slice(0, splitsPair ? PREVIEW_LENGTH - 1 : PREVIEW_LENGTH).trimEnd()}…`
}
