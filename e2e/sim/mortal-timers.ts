import type { Timers } from '../../main/engine/ports.ts'

/**
 * Node's timers, until `die`: from then on nothing that waits is ever called, as in a process that was killed. The
 * code above it does all its writing in turns that are waited for here.
 */
export class MortalTimers implements Timers {
  #isDead = false

  set(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(() => this.#call(callback), delayMs)
    return () => clearTimeout(timer)
  }

  defer(callback: () => void): () => void {
    const immediate = setImmediate(() => this.#call(callback))
    return () => clearImmediate(immediate)
  }

  die(): void {
    this.#isDead = true
  }

  #call(callback: () => void): void {
    if (!this.#isDead) callback()
  }
}
