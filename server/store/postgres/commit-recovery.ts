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
  #running: Promise<void> | null = null

  constructor(reads: RecoveryReads, tell: (committed: readonly CommittedStream[]) => void) {
    this.#reads = reads
    this.#tell = tell
  }

  /** Remembers streams of a transaction that may have been committed. */
  add(touched: readonly TouchedStream[]): void {
    for (const { stream, headBefore, rewritten } of touched) {
      const known = this.#pending.get(stream) ?? { after: null, rewritten: new Set<number>() }
      if (headBefore !== null) known.after = Math.min(known.after ?? headBefore, headBefore)
      for (const seq of rewritten) known.rewritten.add(seq)
      this.#pending.set(stream, known)
    }
    this.#running ??= this.#run()
  }

  /** Ends the attempts. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
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
    if (pending === undefined) return
    const { after } = pending
    const seqs = [...pending.rewritten]
    const entries = after === null ? [] : await this.#reads.entriesAfter(stream, after)
    const rewritten = seqs.length === 0 ? [] : await this.#reads.entriesAt(stream, seqs)
    // What was added while this was read is read again.
    if (pending.after === after && pending.rewritten.size === seqs.length) {
      this.#pending.delete(stream)
    }
    if (entries.length + rewritten.length > 0) this.#tell([{ stream, entries, rewritten }])
  }

  async #pause(ms: number): Promise<void> {
    try {
      await wait(ms, undefined, { signal: this.#stopped.signal })
    } catch (error) {
      if (!this.#stopped.signal.aborted) throw error
    }
  }
}
