import type { Clock, Timers } from '../engine/ports.ts'

/** The clocks of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/**
 * Runs what is deferred in order, one of it in each iteration of the event loop: two parts of work that are short
 * enough each must not add up to a block [S6].
 */
class DeferredWork {
  readonly #waiting = new Set<() => void>()
  #isDrawing = false

  /** Puts a callback in line; the answer takes it out again. */
  add(callback: () => void): () => void {
    const entry = () => callback()
    this.#waiting.add(entry)
    if (!this.#isDrawing) this.#draw()
    return () => this.#waiting.delete(entry)
  }

  #draw(): void {
    this.#isDrawing = this.#waiting.size > 0
    if (this.#isDrawing) setImmediate(() => this.#runNext())
  }

  #runNext(): void {
    const [next] = this.#waiting
    try {
      if (next !== undefined) {
        this.#waiting.delete(next)
        next()
      }
    } finally {
      this.#draw()
    }
  }
}

const deferredWork = new DeferredWork()

/** Node's timers. */
export const systemTimers: Timers = {
  set(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
  defer: (callback) => deferredWork.add(callback),
}
