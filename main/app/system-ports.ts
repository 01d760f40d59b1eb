import type { Clock, Timers } from '../engine/ports.ts'

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Node's timers. */
export const systemTimers: Timers = {
  set(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  defer(callback) {
    const immediate = setImmediate(callback)
    return () => clearImmediate(immediate)
  },
}
