import type Database from 'better-sqlite3'
import type { Change, Circumstances } from '../../domain/change.ts'
import type { AnyCommand, ChangeOp } from '../../domain/command.ts'
import { decide } from '../../domain/decide.ts'
import type { FactsByOp } from '../../domain/facts.ts'
import type { CommittedStream, StreamEntry } from '../../domain/stream-entry.ts'
import { type Outcome, type StoreOptions, StoreUnavailable } from '../store.ts'
import type { StreamSink } from './change-writers.ts'
import { toStoreError } from './trouble.ts'

/** Most commands in one transaction; the event loop gets its turn between two. */
const MAX_BATCH = 256
/** Most characters of text in one transaction, but for its first command: readers get a chance to take them. */
const MAX_BATCH_CHARS = 512 * 1024

interface Waiting {
  readonly command: AnyCommand
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** What became of a command inside a transaction that is not committed yet. */
type Tried =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly error: unknown }

/**
 * Commands that arrive in one turn of the event loop share one transaction and one fsync [V3]. Each has a savepoint,
 * so that what fails undoes nothing of its neighbours. All runs in one synchronous stretch: nothing comes between.
 */
export class GroupCommit {
  readonly #db: Database.Database
  readonly #readFacts: (command: AnyCommand) => FactsByOp[ChangeOp]
  readonly #write: (changes: readonly Change[], sink: StreamSink) => void
  readonly #options: StoreOptions
  readonly #begin: Database.Statement<[]>
  readonly #commit: Database.Statement<[]>
  readonly #savepoint: Database.Statement<[]>
  readonly #release: Database.Statement<[]>
  readonly #rollbackTo: Database.Statement<[]>
  #queue: Waiting[] = []
  #scheduled = false

  constructor(
    db: Database.Database,
    readFacts: (command: AnyCommand) => FactsByOp[ChangeOp],
    write: (changes: readonly Change[], sink: StreamSink) => void,
    options: StoreOptions,
  ) {
    this.#db = db
    this.#readFacts = readFacts
    this.#write = write
    this.#options = options
    this.#begin = db.prepare('BEGIN IMMEDIATE')
    this.#commit = db.prepare('COMMIT')
    this.#savepoint = db.prepare('SAVEPOINT command')
    this.#release = db.prepare('RELEASE command')
    this.#rollbackTo = db.prepare('ROLLBACK TO command')
  }

  /** Takes a command; resolves after the commit that holds it. */
  submit(command: AnyCommand): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ command, resolve, reject })
      this.#schedule()
    })
  }

  /** Commits everything that was taken. */
  flush(): void {
    while (this.#queue.length > 0) this.#commitBatch()
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#commitBatch()
      if (this.#queue.length > 0) this.#schedule()
    })
  }

  #commitBatch(): void {
    const batch = this.#queue.splice(0, batchSize(this.#queue))
    if (batch.length === 0) return
    const started = performance.now()
    const streams = new Streams()
    let tried: readonly Tried[]
    try {
      this.#begin.run()
      tried = batch.map(({ command }) => this.#try(command, streams))
      this.#commit.run()
    } catch (cause) {
      const error = this.#abandon(cause)
      for (const waiting of batch) waiting.reject(error)
      return
    }
    this.#options.observer.committed({
      commands: batch.length,
      durationMs: performance.now() - started,
    })
    const committed = streams.take()
    if (committed.length > 0) this.#options.onCommitted(committed)
    batch.forEach((waiting, i) => {
      const result = tried[i]
      if (result === undefined) waiting.reject(new Error('a command without an outcome'))
      else if (result.ok) waiting.resolve(result.outcome)
      else waiting.reject(result.error)
    })
  }

  /** Decides and writes one command. Throws only when the whole transaction is lost. */
  #try(command: AnyCommand, streams: Streams): Tried {
    let undo = false
    try {
      const circumstances: Circumstances = {
        now: this.#options.now(),
        editWindowMs: this.#options.editWindowMs,
      }
      const decision = decide<ChangeOp>(command, this.#readFacts(command), circumstances)
      if (!decision.ok) return { ok: true, outcome: decision }
      if (decision.changes.length > 0) {
        this.#savepoint.run()
        undo = true
        this.#write(decision.changes, streams)
        this.#release.run()
        streams.keep()
      }
      const { changes: _written, ...outcome } = decision
      return { ok: true, outcome }
    } catch (cause) {
      streams.drop()
      // A full disk or an I/O error may have ended the transaction, with the neighbours' changes in it.
      if (!this.#db.inTransaction) throw cause
      if (undo) {
        this.#rollbackTo.run()
        this.#release.run()
      }
      return { ok: false, error: toStoreError(cause) }
    }
  }

  /** Ends a transaction that cannot be committed; the error for its commands, which may be asked again [V4]. */
  #abandon(cause: unknown): unknown {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    const error = toStoreError(cause)
    return error instanceof StoreUnavailable
      ? error
      : new StoreUnavailable('the transaction was lost', { cause })
  }
}

/** How many of those who wait go into the next transaction. */
function batchSize(waiting: readonly Waiting[]): number {
  let chars = 0
  for (const [i, { command }] of waiting.entries()) {
    if (i === MAX_BATCH || chars > MAX_BATCH_CHARS) return i
    chars += 'body' in command.request ? command.request.body.length : 0
  }
  return waiting.length
}

/** Gathers what a transaction does to each stream, command by command. */
class Streams implements StreamSink {
  readonly #kept = new Map<string, { entries: StreamEntry[]; rewritten: StreamEntry[] }>()
  #appended: { stream: string; entry: StreamEntry }[] = []
  #rewritten: { stream: string; entry: StreamEntry }[] = []

  appended(stream: string, entry: StreamEntry): void {
    this.#appended.push({ stream, entry })
  }

  rewritten(stream: string, entry: StreamEntry): void {
    this.#rewritten.push({ stream, entry })
  }

  /** The command at hand is part of the transaction. */
  keep(): void {
    for (const { stream, entry } of this.#appended) this.#of(stream).entries.push(entry)
    for (const { stream, entry } of this.#rewritten) this.#of(stream).rewritten.push(entry)
    this.drop()
  }

  /** The command at hand was undone. */
  drop(): void {
    this.#appended = []
    this.#rewritten = []
  }

  take(): readonly CommittedStream[] {
    return [...this.#kept].map(([stream, { entries, rewritten }]) => ({
      stream,
      entries,
      rewritten,
    }))
  }

  #of(stream: string): { entries: StreamEntry[]; rewritten: StreamEntry[] } {
    const known = this.#kept.get(stream)
    if (known !== undefined) return known
    const fresh = { entries: [], rewritten: [] }
    this.#kept.set(stream, fresh)
    return fresh
  }
}
