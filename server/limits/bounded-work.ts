/** More is asked for than may wait. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

/** Runs costly work a few at a time; the rest waits in line, and the line has an end [V7]. */
export class BoundedWork {
  readonly #concurrent: number
  readonly #waitingLimit: number
  readonly #line: (() => void)[] = []
  #running = 0

  constructor(concurrent: number, waitingLimit: number) {
    this.#concurrent = concurrent
    this.#waitingLimit = waitingLimit
  }

  /** @throws Overloaded when the line is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrent) {
      if (this.#line.length >= this.#waitingLimit) throw new Overloaded('too much at once')
      await new Promise<void>((resolve) => this.#line.push(resolve))
    }
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      this.#line.shift()?.()
    }
  }
}
