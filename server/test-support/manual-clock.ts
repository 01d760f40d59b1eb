import type { Timing } from '../timing.ts'

/** Time that only moves when a test says so. */
export class ManualClock implements Timing {
  #wall: number
  #monotonic = 0
  #due: { readonly run: () => void; readonly every: number | null; at: number }[] = []

  constructor(wall = 1_700_000_000_000) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  monotonicMs(): number {
    return this.#monotonic
  }

  later(run: () => void, ms: number): () => void {
    return this.#add(run, ms, null)
  }

  every(ms: number, run: () => void): () => void {
    return this.#add(run, ms, ms)
  }

  async pause(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Sets the clock of the wall, forward or back; timers do not care. */
  jump(ms: number): void {
    this.#wall += ms
  }

  /** Runs what is due within `ms`, in order, and lets promises settle after each. */
  async pass(ms: number): Promise<void> {
    const end = this.#monotonic + ms
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#moveTo(next.at)
      if (next.every === null) this.#due = this.#due.filter((other) => other !== next)
      else next.at += next.every
      next.run()
      await settle()
    }
    this.#moveTo(end)
    await settle()
  }

  #add(run: () => void, ms: number, every: number | null): () => void {
    const timer = { at: this.#monotonic + ms, run, every }
    this.#due.push(timer)
    return () => {
      this.#due = this.#due.filter((other) => other !== timer)
    }
  }

  #moveTo(at: number): void {
    this.#wall += at - this.#monotonic
    this.#monotonic = at
  }
}

/** Lets every promise that can settle without outside help settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve))
}
