import { setImmediate } from 'node:timers/promises'
import type { Clock, Timers } from '../ports.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly callback: () => void
}

/** Time that passes only when a test says so. What is deferred runs in `settle`, as the event loop would run it. */
export class VirtualTime implements Clock, Timers {
  /** Difference of the wall clock to the steady one, ms; change it for a jump of the clock. */
  wallOffset = 1_700_000_000_000
  #monotonic = 0
  #order = 0
  readonly #timers = new Set<Timer>()
  #deferred: { callback: () => void }[] = []

  now(): number {
    return this.wallOffset + this.#monotonic
  }

  monotonic(): number {
    return this.#monotonic
  }

  set(delayMs: number, callback: () => void): () => void {
    this.#order += 1
    const timer = { at: this.#monotonic + delayMs, order: this.#order, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  defer(callback: () => void): () => void {
    const entry = { callback }
    this.#deferred.push(entry)
    return () => {
      this.#deferred = this.#deferred.filter((other) => other !== entry)
    }
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    do {
      await setImmediate()
      const entries = this.#deferred
      this.#deferred = []
      for (const { callback } of entries) callback()
      await setImmediate()
    } while (this.#deferred.length > 0)
  }

  /** Lets time pass, and everything happen that comes due meanwhile, in order. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    await this.settle()
    for (let timer = this.#next(end); timer !== null; timer = this.#next(end)) {
      this.#timers.delete(timer)
      this.#monotonic = Math.max(this.#monotonic, timer.at)
      timer.callback()
      await this.settle()
    }
    this.#monotonic = end
    await this.settle()
  }

  /** Nothing that was asked for happens any more, as in a process that is gone. */
  forget(): void {
    this.#timers.clear()
    this.#deferred = []
  }

  #next(end: number): Timer | null {
    let next: Timer | null = null
    for (const timer of this.#timers) {
      if (timer.at > end) continue
      const isSooner =
        next === null || timer.at < next.at || (timer.at === next.at && timer.order < next.order)
      if (isSooner) next = timer
    }
    return next
  }
}
