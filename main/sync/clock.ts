/**
 * Time and chance as the core sees them: always passed in, never read. Waits are measured on the monotonic clock,
 * which no user and no time server can move; wall time is only stored, so that a restart can go on with a schedule.
 */

/** One instant on both clocks. */
export interface Now {
  /** ms since some start of the process; never jumps. */
  readonly monotonicMs: number
  /** ms since the epoch; may jump in both directions. */
  readonly wallMs: number
}

/** Where the shell takes instants from. */
export interface Clock {
  now(): Now
}

/** Cancels a timer; calling it again, or after it fired, does nothing. */
export type CancelTimer = () => void

/** Where the shell takes timers from. */
export interface Timers {
  /** Calls `callback` once after `delayMs` (>= 0, ms on the monotonic clock). */
  after(delayMs: number, callback: () => void): CancelTimer
}

/** A number in [0, 1). */
export type Random = () => number
