import type { BusTiming } from '../stream/redis/timing.ts'

/** Time that only moves when a test says so, and chance from a fixed list of answers. */
export class ManualTiming implements BusTiming {
  #now = 0
  #due: { at: number; run: () => void }[] = []
  #random: () => number

  constructor(random: () => number = () => 0.5) {
    this.#random = random
  }

  later(run: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, run }
    this.#due.push(timer)
    return () => {
      this.#due = this.#due.filter((other) => other !== timer)
    }
  }

  random(): number {
    return this.#random()
  }

  /** Runs what is due within `ms`, in order, and lets promises settle after each. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const [next] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#due = this.#due.filter((other) => other !== next)
      this.#now = next.at
      next.run()
      await settle()
    }
    this.#now = end
    await settle()
  }
}

/** Lets every promise that can settle without outside help settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
