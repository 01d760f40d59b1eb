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

/** How often the fixed work is done, and what that takes on a quiet machine like those of docs/benchmarks.md, in ms of CPU. */
const ROUNDS = 40
const QUIET_MS = 37

/**
 * A bound on a turn in ms, on a machine as slow as this one is, before or afterwards: neighbours on the same cores and
 * caches make the same work cost more CPU, and a test shall fail for what the program does.
 */
export function boundOn(limitMs: number): () => number {
  const before = slowness()
  return () => limitMs * Math.max(before, slowness())
}

/** By how much the same work costs more here than on a quiet machine; at least 1. */
function slowness(): number {
  fixedWork(ROUNDS)
  const before = cpuMs()
  fixedWork(ROUNDS)
  return Math.max(1, (cpuMs() - before) / QUIET_MS)
}

/** Objects, a Map and JSON: what the engine mostly does. */
function fixedWork(rounds: number): void {
  for (let round = 0; round < rounds; round += 1) {
    const rows = new Map<string, { key: string; at: number; body: string }>()
    for (let n = 0; n < 4_000; n += 1) {
      rows.set(`key-${n % 1_500}`, { key: `key-${n}`, at: n, body: 'a message of some words' })
    }
    JSON.stringify(JSON.parse(JSON.stringify([...rows.values()])))
  }
}

/** Lets the engine work until `isDone`; what it took, in ms of CPU. */
export async function watched(start: () => Promise<unknown>, isDone: () => boolean) {
  const cpu = new TurnCpu()
  cpu.start()
  await start()
  while (!isDone()) await wait(10)
  return cpu.stop()
}
