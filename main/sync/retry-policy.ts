/** When an operation is tried again, and when it is given up [O5]. */

/** Retries after the first transmission. */
export const MAX_RETRIES = 5
/** Wait before the first retry, in ms; it doubles from one to the next. */
export const FIRST_RETRY_MS = 2_000
/** Longest wait that the policy itself chooses, in ms. */
export const MAX_RETRY_MS = 60_000
/** Longest wait that a server may ask for, in ms: a day. A hostile one cannot make an operation sleep for ever. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1000
/** A transmission without an answer for this long, in ms, counts as an attempt [O4]. */
export const ANSWER_TIMEOUT_MS = 10_000
/** How long a deletion, or what was thrown away, can be taken back, in ms [M4]. */
export const UNDO_MS = 5_000
/** Ends of the line right after the same operation, in a row, that cost nothing; each further one is an attempt [O4]. */
export const FREE_CUTS = 2

/**
 * The wait after `attempts` counted transmissions (1 …), in ms: 2, 4, 8, 16, 32 s, or what the server asked for if
 * that is longer. null: no more retries.
 */
export function retryDelayMs(attempts: number, retryAfterMs = 0): number | null {
  if (attempts > MAX_RETRIES) return null
  const own = Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), MAX_RETRY_MS)
  return Math.max(own, Math.min(retryAfterMs, MAX_RETRY_AFTER_MS))
}

/**
 * What is left of a stored wait after a restart, in ms: by the wall clock, but never more than the whole wait, so that
 * a clock that was set back cannot freeze it, and never less than nothing [O7].
 */
export function remainingWaitMs(at: number, delayMs: number, wallMs: number): number {
  return Math.min(Math.max(at - wallMs, 0), delayMs)
}
