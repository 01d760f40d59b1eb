import type { Clock, Timers } from '../../sync/clock.ts'

/** A clock that moves only when it is told to, with its timers. */
export class ManualTime implements Clock, Timers {
  #nowMs = 0
  readonly #timers = new Set<{ dueMs: number; callback: () => void }>()

  now(): number {
    return this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs
  }

  set(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return () => {
      this.#timers.delete(timer)
    }
  }

  /** Timers that have not fired. */
  get waiting(): number {
    return this.#timers.size
  }

  /** Moves on, firing in order what becomes due. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)[0]
      if (next === undefined || next.dueMs > endMs) break
      this.#timers.delete(next)
      this.#nowMs = next.dueMs
      next.callback()
    }
    this.#nowMs = endMs
  }
}
