/**
 * Dates and times as the user's system writes them, in English. Formatters are made once, and not before they are
 * needed: making one costs more than formatting a screenful.
 */
export interface TimeFormat {
  /** `10:31` */
  readonly clock: (at: number) => string
  /** `Today`, `Yesterday`, `Tuesday`, `3 March`, `3 March 2024` */
  readonly day: (at: number, now: number) => string
  /** For a list: the time today, then `Yesterday`, the weekday, the date. */
  readonly short: (at: number, now: number) => string
  /** `Tuesday, 3 March 2026 at 10:31` */
  readonly full: (at: number) => string
}

const DAY_MS = 86_400_000

/** Start of the local day of an instant, in ms since the epoch. */
export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Days between the local days of two instants; daylight saving makes some days longer. */
export function daysBetween(earlier: number, later: number): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / DAY_MS)
}

/** Makes the formatters; `locale` is the user's, of which the region and the kind of clock are kept. */
export function createTimeFormat(locale: string): TimeFormat {
  const english = locale.startsWith('en') ? locale : 'en-GB'
  const { hour12 } = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).resolvedOptions()
  const time = { hour: 'numeric', minute: '2-digit', hour12: hour12 ?? false } as const
  const clock = formatter(english, time)
  const weekday = formatter(english, { weekday: 'long' })
  const date = formatter(english, { day: 'numeric', month: 'long' })
  const year = { day: 'numeric', month: 'long', year: 'numeric' } as const
  const dateYear = formatter(english, year)
  const shortYear = { day: 'numeric', month: 'short', year: 'numeric' } as const
  const shortDateYear = formatter(english, shortYear)
  const shortDate = formatter(english, { day: 'numeric', month: 'short' })
  const full = formatter(english, { weekday: 'long', ...year, ...time })

  const sameYear = (a: number, b: number): boolean =>
    new Date(a).getFullYear() === new Date(b).getFullYear()

  function day(at: number, now: number): string {
    const ago = daysBetween(at, now)
    if (ago === 0) return 'Today'
    if (ago === 1) return 'Yesterday'
    if (ago > 1 && ago < 7) return weekday(at)
    return sameYear(at, now) ? date(at) : dateYear(at)
  }

  return {
    clock,
    day,
    short(at, now) {
      const ago = daysBetween(at, now)
      if (ago === 0) return clock(at)
      if (ago >= 1 && ago < 7) return day(at, now)
      return sameYear(at, now) ? shortDate(at) : shortDateYear(at)
    },
    full,
  }
}

/** Formats with what is made at the first use. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions): (at: number) => string {
  let made: Intl.DateTimeFormat | null = null
  return (at) => {
    made ??= new Intl.DateTimeFormat(locale, options)
    return made.format(at)
  }
}

/** Whole seconds until `deadline`, rounded up and never below 0; both in ms of one monotonic clock. */
export function secondsLeft(deadline: number, now: number): number {
  return Math.max(0, Math.ceil((deadline - now) / 1_000))
}

/** ms until `secondsLeft` changes next; null when it is 0 already. */
export function untilNextSecond(deadline: number, now: number): number | null {
  const left = deadline - now
  if (left <= 0) return null
  const rest = left % 1_000
  return rest === 0 ? 1_000 : rest
}
