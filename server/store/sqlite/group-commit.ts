import { setTimeout as wait } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import type { Change, Circumstances } from '../../domain/change.ts'
import type { AnyCommand, ChangeOp } from '../../domain/command.ts'
import { decide } from '../../domain/decide.ts'
import type { FactsByOp } from '../../domain/facts.ts'
import type { CommittedStream, StreamEntry } from '../../domain/stream-entry.ts'
import { outcomeOf } from '../outcome-of.ts'
import { type Outcome, type StoreOptions, StoreUnavailable } from '../store.ts'
import type { StreamSink } from './change-writers.ts'
import { isBusy, TRY_AGAIN_MS, WRITE_PATIENCE_MS } from './patience.ts'
import { toStoreError } from './trouble.ts'

/** Most commands in one transaction; the event loop gets its turn between two. */
const MAX_BATCH = 256
/** Most characters of text in one transaction, but for its first command: readers get a chance to take them. */
const MAX_BATCH_CHARS = 512 * 1024

/** Commands that may wait; beyond, the answer is `unavailable` [V7]. */
const MAX_WAITING = 50_000

interface Waiting {
  readonly command: AnyCommand
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
  /** When it came, ms of a clock that does not jump. */
  readonly since: number
}

/** What became of a command inside a transaction that is not committed yet. */
type Tried =
  | { readonly ok: true; readonly outcome: Outcome }
  | { readonly ok: false; readonly error: unknown }

/** How facts are read and changes written inside a transaction. */
export interface CommitParts {
  readonly readFacts: (command: AnyCommand) => FactsByOp[ChangeOp]
  readonly write: (changes: readonly Change[], sink: StreamSink) => void
  /** Something that was written is undone: what was learnt from it does not hold. */
  readonly onUndone: () => void
}

/** Whether each command of a transaction has a savepoint to go back to. */
type Mode = 'bare' | 'savepoints'

interface Committed {
  readonly tried: readonly Tried[]
  readonly streams: Streams
}

/** A command failed after it had begun to write: the transaction has to be undone, as there was no savepoint. */
class HalfWritten extends Error {
  override readonly name = 'HalfWritten'
}

/**
 * Commands that arrive in one turn of the event loop share one transaction and one fsync [V3]. What fails undoes
 * nothing of its neighbours: as soon as one fails half-way, which takes a defect or a full disk, the transaction is
 * undone and done again with a savepoint a command. Until then it goes without them: SQLite would copy every page
 * that a command touches, which costs a fifth of a commit. All runs in one synchronous stretch: nothing comes between.
 * While somebody else has the database's write lock, all wait their turn and the event loop goes on.
 */
export class GroupCommit {
  readonly #db: Database.Database
  readonly #parts: CommitParts
  readonly #options: StoreOptions
  readonly #begin: Database.Statement<[]>
  readonly #commit: Database.Statement<[]>
  readonly #savepoint: Database.Statement<[]>
  readonly #release: Database.Statement<[]>
  readonly #rollbackTo: Database.Statement<[]>
  #queue: Waiting[] = []
  #scheduled = false

  constructor(db: Database.Database, parts: CommitParts, options: StoreOptions) {
    this.#db = db
    this.#parts = parts
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
      if (this.#queue.length >= MAX_WAITING) {
        throw new StoreUnavailable('too many commands are waiting for the database')
      }
      this.#queue.push({ command, resolve, reject, since: performance.now() })
      this.#schedule()
    })
  }

  /** Commits everything that was taken, or answers that it could not. */
  async flush(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#commitBatch() === 'busy') await wait(TRY_AGAIN_MS)
    }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#turn())
  }

  #turn(): void {
    const result = this.#commitBatch()
    this.#scheduled = false
    if (this.#queue.length === 0) return
    if (result === 'done') this.#schedule()
    else {
      this.#scheduled = true
      setTimeout(() => this.#turn(), TRY_AGAIN_MS)
    }
  }

  /** Commits those who came first. `busy`: somebody else writes, and all go on waiting but who has for long. */
  #commitBatch(): 'done' | 'busy' {
    const batch = this.#queue.splice(0, batchSize(this.#queue))
    if (batch.length === 0) return 'done'
    const started = performance.now()
    let done: Committed
    try {
      done = this.#commitTogether(batch)
    } catch (cause) {
      const error = this.#abandon(cause)
      if (isBusy(cause)) {
        this.#queue = [...batch, ...this.#queue]
        this.#refuseOverdue(error)
        return 'busy'
      }
      for (const waiting of batch) waiting.reject(error)
      return 'done'
    }
    const { tried, streams } = done
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
    return 'done'
  }

  #refuseOverdue(error: unknown): void {
    const before = performance.now() - WRITE_PATIENCE_MS
    const inTime = this.#queue.findIndex(({ since }) => since > before)
    const overdue = this.#queue.splice(0, inTime < 0 ? this.#queue.length : inTime)
    for (const waiting of overdue) waiting.reject(error)
  }

  /** Commits these commands together; without what fails, when that has begun to write. Throws when all is lost. */
  #commitTogether(batch: readonly Waiting[]): Committed {
    try {
      return this.#transact(batch, 'bare')
    } catch (cause) {
      if (!(cause instanceof HalfWritten)) throw cause
      this.#rollBack()
      return this.#transact(batch, 'savepoints')
    }
  }

  #transact(batch: readonly Waiting[], mode: Mode): Committed {
    const streams = new Streams()
    this.#begin.run()
    const tried = batch.map(({ command }) => this.#try(command, streams, mode))
    this.#commit.run()
    return { tried, streams }
  }

  /** Decides and writes one command. Throws only when the whole transaction is lost. */
  #try(command: AnyCommand, streams: Streams, mode: Mode): Tried {
    let begun = false
    try {
      const circumstances: Circumstances = {
        now: this.#options.now(),
        editWindowMs: this.#options.editWindowMs,
      }
      const decision = decide<ChangeOp>(command, this.#parts.readFacts(command), circumstances)
      if (decision.ok && decision.changes.length > 0) {
        if (mode === 'savepoints') this.#savepoint.run()
        begun = true
        this.#parts.write(decision.changes, streams)
        if (mode === 'savepoints') this.#release.run()
        streams.keep()
      }
      return { ok: true, outcome: outcomeOf(decision) }
    } catch (cause) {
      streams.drop()
      // A full disk or an I/O error may have ended the transaction, with the neighbours' changes in it.
      const isOver = !this.#db.inTransaction
      if (mode === 'bare' && (begun || isOver)) throw new HalfWritten('', { cause })
      if (isOver) throw cause
      if (begun) {
        this.#rollbackTo.run()
        this.#release.run()
        this.#parts.onUndone()
      }
      return { ok: false, error: toStoreError(cause) }
    }
  }

  /** Ends a transaction that cannot be committed; the error for its commands, which may be asked again [V4]. */
  #abandon(cause: unknown): unknown {
    this.#rollBack()
    const error = toStoreError(cause)
    return error instanceof StoreUnavailable
      ? error
      : new StoreUnavailable('the transaction was lost', { cause })
  }

  #rollBack(): void {
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK')
    this.#parts.onUndone()
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
