import { setTimeout as wait } from 'node:timers/promises'

/** Watches what each turn of this thread's event loop works, in ms of CPU: other processes on the machine do not count. */
export class TurnCpu {
  #longestMs = 0
  #totalMs = 0
  #lastMs = 0
  #immediate: NodeJS.Immediate | null = null

  start(): void {
    this.#longestMs = 0
    this.#totalMs = 0
    this.#lastMs = cpuMs()
    this.#next()
  }

  /** The longest turn since the start, and all of them. */
  stop(): { longestMs: number; totalMs: number } {
    if (this.#immediate !== null) clearImmediate(this.#immediate)
    this.#immediate = null
    this.#note()
    return { longestMs: this.#longestMs, totalMs: this.#totalMs }
  }

  #next(): void {
    this.#immediate = setImmediate(() => {
      this.#note()
      this.#next()
    })
  }

  #note(): void {
    const now = cpuMs()
    const turnMs = now - this.#lastMs
    this.#lastMs = now
    this.#totalMs += turnMs
    this.#longestMs = Math.max(this.#longestMs, turnMs)
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Lets the engine work until `isDone`; what it took, in ms of CPU. */
export async function watched(start: () => Promise<unknown>, isDone: () => boolean) {
  const cpu = new TurnCpu()
  cpu.start()
  await start()
  while (!isDone()) await wait(10)
  return cpu.stop()
}
