import { createContext } from 'react'

/** Code units (UTF-16) that fit in a line of a bubble, about: what is wider than that is more than one line. */
const LINE = 60
/** Lines that a message shows before it is folded, and what is left of it then. */
const MOST_LINES = 30
const LINES_LEFT = 20

/** Keys of the long messages that the user unfolded; they stay so while the conversation is open. */
export const UnfoldedContext = createContext<Set<string>>(new Set())

/** The beginning of a long text, whole lines where there are several; null for one that is shown whole. */
export function folded(body: string): string | null {
  if (linesWithin(body, MOST_LINES) === body.length) return null
  const end = linesWithin(body, LINES_LEFT)
  return body.slice(0, end > 0 ? end : lastBlankBefore(body, LINES_LEFT * LINE)).trimEnd()
}

/** Where the last line ends that fits into `most` lines on screen; 0 when the first is longer than that. */
function linesWithin(body: string, most: number): number {
  let end = 0
  for (let used = 0; end < body.length; ) {
    const newline = body.indexOf('\n', end)
    const next = newline === -1 ? body.length : newline + 1
    used += Math.max(1, Math.ceil((next - end) / LINE))
    if (used > most) break
    end = next
  }
  return end
}

/** Between words where there are any, and never within a pair of code units. */
function lastBlankBefore(body: string, length: number): number {
  const blank = body.lastIndexOf(' ', length)
  if (blank > length / 2) return blank
  const code = body.charCodeAt(length - 1)
  return code >= 0xd800 && code <= 0xdbff ? length - 1 : length
}
