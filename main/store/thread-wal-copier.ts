import { Worker } from 'node:worker_threads'
import type { Timers } from '../sync/clock.ts'
import type { WalCopier } from './wal-copier.ts'
import { type CopyEnded, HOLD, type WalThreadData } from './wal-thread-protocol.ts'

/** How long the thread is kept without anything to copy, in ms: it costs some MiB. */
export const KEPT_MS = 2_000
/** How long closing waits for a copy under way, in ms: a disk that takes longer than that is as good as gone. */
const CLOSE_TIMEOUT_MS = 5_000

export interface ThreadWalCopierOptions {
  readonly database: string
  /** The thread's script: wal-thread.ts, or its bundle. */
  readonly script: string
  readonly timers: Pick<Timers, 'set'>
  /** A copy failed, or the thread did. */
  readonly report: (problem: string) => void
}

/** Copies in a thread of its own, which is started when it is first needed. */
export class ThreadWalCopier implements WalCopier {
  readonly #options: ThreadWalCopierOptions
  readonly #hold = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  #worker: Worker | null = null
  #settle: ((isCopied: boolean) => void) | null = null
  #cancelEnd: () => void = () => undefined
  #isClosed = false

  constructor(options: ThreadWalCopierOptions) {
    this.#options = options
  }

  copy(): Promise<boolean> {
    if (this.#isClosed || this.#settle !== null) return Promise.resolve(false)
    return new Promise((resolve) => {
      this.#settle = resolve
      this.#cancelEnd()
      Atomics.store(this.#hold, 0, HOLD.asked)
      try {
        this.#worker ??= this.#start()
        this.#worker.postMessage(null)
      } catch (error) {
        this.#failed(error)
      }
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    Atomics.compareExchange(this.#hold, 0, HOLD.asked, HOLD.none)
    Atomics.wait(this.#hold, 0, HOLD.open, CLOSE_TIMEOUT_MS)
    this.#end()
    this.#ended(false)
  }

  #start(): Worker {
    const { database, script } = this.#options
    const data: WalThreadData = { database, hold: this.#hold }
    const worker = new Worker(script, { workerData: data, name: 'write-ahead log' })
    worker.on('message', ({ problem }: CopyEnded) => {
      if (worker !== this.#worker) return
      if (problem === null) this.#ended(true)
      else this.#failed(problem)
    })
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#failed(error)
    })
    // Whoever ends this process does not wait for it.
    worker.unref()
    return worker
  }

  #failed(error: unknown): void {
    this.#options.report(error instanceof Error ? error.message : String(error))
    this.#end()
    this.#ended(false)
  }

  #ended(isCopied: boolean): void {
    const settle = this.#settle
    this.#settle = null
    this.#cancelEnd()
    if (this.#worker !== null)
      this.#cancelEnd = this.#options.timers.set(KEPT_MS, () => this.#end())
    settle?.(isCopied)
  }

  /** Nothing is under way: the thread can be ended wherever it is. */
  #end(): void {
    this.#cancelEnd()
    const worker = this.#worker
    this.#worker = null
    void worker?.terminate()
  }
}
