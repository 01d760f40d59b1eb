const FIRST_DELAY_MS = 500
const MAX_DELAY_MS = 30_000
/** A server that ran this long was well: the next crash counts as the first. */
const HEALTHY_MS = 60_000

/** How often the server died in a row, each time soon after it was started. */
export interface CrashStreak {
  readonly crashes: number
}

export const NO_CRASHES: CrashStreak = { crashes: 0 }

/** The streak after a death that came `ranMs` after the start. */
export function afterCrash(streak: CrashStreak, ranMs: number): CrashStreak {
  return { crashes: ranMs >= HEALTHY_MS ? 1 : streak.crashes + 1 }
}

/**
 * How long to wait before the next start, in ms: nothing after the first crash, then 0.5, 1, 2 … 30 s. It goes on for
 * ever, as the messages of the user wait behind it, but never faster than this.
 */
export function restartDelayMs({ crashes }: CrashStreak): number {
  if (crashes <= 1) return 0
  return Math.min(FIRST_DELAY_MS * 2 ** (crashes - 2), MAX_DELAY_MS)
}
