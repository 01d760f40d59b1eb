import { createContext } from 'react'

/** Lines and characters (UTF-16) that a message shows before it is folded, and what is left of it then. */
const MOST = { lines: 30, length: 4_000 } as const
const LEFT = { lines: 20, length: 2_500 } as const

/** Keys of the long messages that the user unfolded; they stay so while the conversation is open. */
export const UnfoldedContext = createContext<Set<string>>(new Set())

/** The beginning of a long text, whole lines where there are several; null for one that is shown whole. */
export function folded(body: string): string | null {
  if (body.length <= MOST.length && !hasMoreLines(body, MOST.lines)) return null
  let end = 0
  for (let line = 0; line < LEFT.lines; line += 1) {
    const next = body.indexOf('\n', end)
    if (next === -1 || next > LEFT.length) break
    end = next + 1
  }
  if (end === 0) end = lastBlankBefore(body, LEFT.length)
  return body.slice(0, end).trimEnd()
}

function hasMoreLines(body: string, most: number): boolean {
  let lines = 1
  for (let at = body.indexOf('\n'); at !== -1; at = body.indexOf('\n', at + 1)) {
    lines += 1
    if (lines > most) return true
  }
  return false
}

/** Between words where there are any, and never within a pair of code units. */
function lastBlankBefore(body: string, length: number): number {
  const blank = body.lastIndexOf(' ', length)
  if (blank > length / 2) return blank
  const code = body.charCodeAt(length - 1)
  return code >= 0xd800 && code <= 0xdbff ? length - 1 : length
}
