import type { Timers } from '../sync/clock.ts'

/** How often a line is checked, in ms. A dead one is noticed after two checks at most, that is within 16 s. */
export const CHECK_INTERVAL_MS = 8_000

/** A line as its keeper sees it. */
export interface Pulse {
  /** Bytes received so far. It grows while one large frame comes in over a slow line, so that this is not called dead. */
  bytesRead(): number
  /** Whether reading is paused by us: then silence says nothing. */
  isPaused(): boolean
  /** Asks the peer for a sign of life. */
  ping(): void
}

/**
 * Watches a line that may be half open: pings, and calls `onDead` once when nothing at all came in from one check to
 * the next. Returns the function that ends the watch.
 */
export function keepAlive(pulse: Pulse, timers: Timers, onDead: () => void): () => void {
  let heard = pulse.bytesRead()
  let asked = false
  let cancel = timers.set(CHECK_INTERVAL_MS, check)

  function check(): void {
    const bytes = pulse.bytesRead()
    if (asked && bytes === heard && !pulse.isPaused()) {
      onDead()
      return
    }
    heard = bytes
    asked = !pulse.isPaused()
    pulse.ping()
    cancel = timers.set(CHECK_INTERVAL_MS, check)
  }

  return () => cancel()
}
