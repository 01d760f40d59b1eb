import type { Clock, Timers } from '../engine/ports.ts'

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/**
 * What was deferred, in order. One of it runs in each iteration of the event loop: two parts of work that are short
 * enough each must not add up to a block [S6].
 */
const deferred = new Set<() => void>()
let isDrawing = false

function drawDeferred(): void {
  isDrawing = deferred.size > 0
  if (isDrawing) setImmediate(runDeferred)
}

function runDeferred(): void {
  const [next] = deferred
  try {
    if (next !== undefined) {
      deferred.delete(next)
      next()
    }
  } finally {
    drawDeferred()
  }
}

/** Node's timers. */
export const systemTimers: Timers = {
  set(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  defer(callback) {
    const entry = () => callback()
    deferred.add(entry)
    if (!isDrawing) drawDeferred()
    return () => deferred.delete(entry)
  },
}
