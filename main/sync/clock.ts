/**
 * Time and chance as the core sees them: always passed in, never read. Waits are measured on the steady clock, which
 * no user and no time server can move; wall time is only stored, so that a restart can go on with a schedule.
 */

/** One instant on both clocks. */
export interface Now {
  /** ms since some start of the process; never jumps. */
  readonly monotonicMs: number
  /** ms since the epoch; may jump in both directions. */
  readonly wallMs: number
}

/** Where a shell takes instants from. */
export interface Clock {
  /** Wall clock, ms since the epoch. */
  now(): number
  /** Steady clock, ms since some start of its own. */
  monotonic(): number
}

/** Where a shell takes timers from. */
export interface Timers {
  /** Calls `callback` once, after `delayMs` at the earliest. The answer cancels it, and may be called too late. */
  set(delayMs: number, callback: () => void): () => void
}

/** A number in [0, 1). */
export type Random = () => number

/** This instant, for a step of the core. */
export function instantOf(clock: Clock): Now {
  return { monotonicMs: clock.monotonic(), wallMs: clock.now() }
}
