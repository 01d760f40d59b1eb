import { setImmediate as nextTurn } from 'node:timers/promises'

/** Ends a timer; harmless when it has fired. */
export type Cancel = () => void

/** Time, passed in everywhere so that tests own it. */
export interface Timing {
  /** The server's clock, ms since the epoch. May jump. */
  now(): number
  /** Never jumps; ms since an unknown moment. */
  monotonicMs(): number
  later(callback: () => void, ms: number): Cancel
  every(ms: number, callback: () => void): Cancel
  /** Gives the other work of the event loop its turn. */
  pause(): Promise<void>
}

/** The real one. Its timers do not keep the process alive. */
export const systemTiming: Timing = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  later: (callback, ms) => {
    const timer = setTimeout(callback, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
  every: (ms, callback) => {
    const timer = setInterval(callback, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
  pause: () => nextTurn(),
}
