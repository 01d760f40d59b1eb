import { setTimeout as wait } from 'node:timers/promises'
import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { CommittedStream, StreamEntry } from '../../domain/stream-entry.ts'
import { StoreUnavailable } from '../store.ts'
import type { TouchedStream } from './change-batch.ts'

/** Longest wait between two attempts, in ms. */
const MAX_WAIT_MS = 2_000

/** What is asked of the database. Both reject with StoreUnavailable when it cannot answer now. */
export interface RecoveryReads {
  /** All entries after a seq, page by page. */
  entriesAfter(stream: StreamId, after: number): Promise<readonly StreamEntry[]>
  entriesAt(stream: StreamId, seqs: readonly number[]): Promise<readonly StreamEntry[]>
}

/**
 * Tells of commits whose answer was lost with the connection. Such a transaction may have taken effect; its events
 * are then in the database and nobody was told, and a repeat of its commands is answered without changing anything.
 * So the streams that it touched are read again, as soon as the database answers, and what is there is told; who has
 * it already drops it.
 */
export class CommitRecovery {
  readonly #reads: RecoveryReads
  readonly #tell: (committed: readonly CommittedStream[]) => void
  readonly #pending = new Map<StreamId, { after: number | null; rewritten: Set<number> }>()
  readonly #stopped = new AbortController()
  readonly #untilStopped: Promise<null>
  #running: Promise<void> | null = null

  constructor(reads: RecoveryReads, tell: (committed: readonly CommittedStream[]) => void) {
    this.#reads = reads
    this.#tell = tell
    this.#untilStopped = new Promise((resolve) => {
      this.#stopped.signal.addEventListener('abort', () => resolve(null), { once: true })
    })
  }

  /** Remembers streams of a transaction that may have been committed. */
  add(touched: readonly TouchedStream[]): void {
    for (const each of touched) this.#remember(each)
    this.#running ??= this.#run()
  }

  /** Ends the attempts; does not wait for a database that does not answer. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  #remember({ stream, headBefore, rewritten }: TouchedStream): void {
    const known = this.#pending.get(stream) ?? { after: null, rewritten: new Set<number>() }
    if (headBefore !== null) known.after = Math.min(known.after ?? headBefore, headBefore)
    for (const seq of rewritten) known.rewritten.add(seq)
    this.#pending.set(stream, known)
  }

  async #run(): Promise<void> {
    let waitMs = 50
    while (this.#pending.size > 0 && !this.#stopped.signal.aborted) {
      try {
        for (const stream of [...this.#pending.keys()]) await this.#recover(stream)
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        await this.#pause(waitMs)
        waitMs = Math.min(waitMs * 2, MAX_WAIT_MS)
      }
    }
    // In the same stretch in which nothing was found pending: what is added next begins anew.
    this.#running = null
  }

  async #recover(stream: StreamId): Promise<void> {
    const pending = this.#pending.get(stream)
    if (pending === undefined || this.#stopped.signal.aborted) return
    // Taken away before it is read: what is added meanwhile stays, and is read after it.
    this.#pending.delete(stream)
    const { after } = pending
    const seqs = [...pending.rewritten]
    try {
      const read = await Promise.race([this.#read(stream, after, seqs), this.#untilStopped])
      if (read === null) return
      const [entries, rewritten] = read
      if (entries.length + rewritten.length > 0) this.#tell([{ stream, entries, rewritten }])
    } catch (error) {
      this.#remember({ stream, headBefore: after, rewritten: seqs })
      throw error
    }
  }

  async #read(
    stream: StreamId,
    after: number | null,
    seqs: readonly number[],
  ): Promise<[readonly StreamEntry[], readonly StreamEntry[]]> {
    const entries = after === null ? [] : await this.#reads.entriesAfter(stream, after)
    return [entries, seqs.length === 0 ? [] : await this.#reads.entriesAt(stream, seqs)]
  }

  async #pause(ms: number): Promise<void> {
    try {
      await wait(ms, undefined, { signal: this.#stopped.signal })
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error
    }
  }
}
