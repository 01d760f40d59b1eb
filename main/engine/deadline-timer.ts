import type { Clock, Timers } from '../sync/clock.ts'

/** Longest delay that a timer of the system takes, in ms (a signed 32-bit number). */
const MAX_DELAY_MS = 2 ** 31 - 1

/** One timer that is aimed at a machine's next deadline again and again. */
export class DeadlineTimer {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #timers: Pick<Timers, 'set'>
  readonly #due: () => void
  #deadline: number | null = null
  #cancel: () => void = () => undefined

  constructor(
    ports: { clock: Pick<Clock, 'monotonic'>; timers: Pick<Timers, 'set'> },
    due: () => void,
  ) {
    this.#clock = ports.clock
    this.#timers = ports.timers
    this.#due = due
  }

  /** Calls `due` once at this monotonic ms, instead of at the one before; null: not at all. */
  aim(deadline: number | null): void {
    if (deadline === this.#deadline) return
    this.#cancel()
    this.#deadline = deadline
    if (deadline === null) return
    const delayMs = Math.min(Math.max(deadline - this.#clock.monotonic(), 0), MAX_DELAY_MS)
    this.#cancel = this.#timers.set(delayMs, () => {
      this.#deadline = null
      this.#due()
    })
  }

  stop(): void {
    this.aim(null)
  }
}
