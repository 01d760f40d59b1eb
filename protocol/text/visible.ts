/** What there is to see of a text. Free of zod: the renderer imports it. */

/** Anything but blanks, controls, and what is never drawn: joiners, fillers, direction marks, the empty Braille cell. */
const VISIBLE = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800\u{1D159}]/u
const BLANK = /\s/u

/** Whether nothing of a text can be seen: then there is nothing to send, and no name. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text)
}

/** A text without the blank lines around it. Spaces before the first word are meant: they line up what follows. */
export function withoutBlankLines(text: string): string {
  let start = 0
  for (let at = 0; at < text.length && BLANK.test(text.charAt(at)); at += 1) {
    if (text.charAt(at) === '\n') start = at + 1
  }
  let end = text.length
  for (let at = end - 1; at >= start && BLANK.test(text.charAt(at)); at -= 1) {
    if (text.charAt(at) === '\n') end = at
  }
  if (text.charAt(end - 1) === '\r' && end < text.length) end -= 1
  return text.slice(start, Math.max(start, end))
}
