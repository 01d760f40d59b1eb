/** Longest preview of a body, in UTF-16 code units. */
const PREVIEW_LENGTH = 140
/** How much of a body is looked at: blank runs shrink, and a body may be larger than a frame. */
const LOOKED_AT = PREVIEW_LENGTH * 4
const SIGNS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The beginning of a body on one line. */
export function previewOf(body: string): string {
  const line = body.slice(0, LOOKED_AT).replace(/\s+/gu, ' ').trim()
  if (line.length <= PREVIEW_LENGTH && body.length <= LOOKED_AT) return line
  return `${wholeSigns(line).trimEnd()}…`
}

/** As much of a text as fits, without a part of a sign: an emoji may be made of many code units. */
function wholeSigns(line: string): string {
  let end = 0
  for (const { index, segment } of SIGNS.segment(line)) {
    if (index + segment.length > PREVIEW_LENGTH) break
    end = index + segment.length
  }
  return line.slice(0, end === 0 ? PREVIEW_LENGTH : end)
}
