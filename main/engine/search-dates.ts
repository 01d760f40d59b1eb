/** A day, month or year as instants in ms since the epoch, by the clock on the wall; `end` exclusive. */
export interface Period {
  readonly start: number
  readonly end: number
}

const DATE = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/u

/** What `2024`, `2024-05`, `2024-05-31`, `today` or `yesterday` means; null for what is no date. */
export function periodOf(value: string, now: number): Period | null {
  const word = value.toLowerCase()
  if (word === 'today') return dayAt(now, 0)
  if (word === 'yesterday') return dayAt(now, -1)
  const match = DATE.exec(value)
  if (match === null) return null
  const [, year, month, day] = match
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)]
  const start = new Date(y, m - 1, d)
  // A month has no 13th, February no 30th.
  if (start.getMonth() !== m - 1 || start.getDate() !== d) return null
  const end =
    month === undefined
      ? new Date(y + 1, 0, 1)
      : day === undefined
        ? new Date(y, m, 1)
        : new Date(y, m - 1, d + 1)
  return { start: start.getTime(), end: end.getTime() }
}

function dayAt(now: number, offset: number): Period {
  const today = new Date(now)
  const at = (days: number) =>
    new Date(today.getFullYear(), today.getMonth(), today.getDate() + days).getTime()
  return { start: at(offset), end: at(offset + 1) }
}
