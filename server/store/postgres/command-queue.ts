import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { Id } from '../../../protocol/model/primitives.ts'
import type { AnyCommand } from '../../domain/command.ts'
import { type Outcome, type StoreOptions, StoreUnavailable } from '../store.ts'
import { conversationOf, planBatch } from './batch-plan.ts'
import { type BatchResult, runBatch } from './batch-transaction.ts'
import type { CommitRecovery } from './commit-recovery.ts'
import type { DatabaseLife } from './database-life.ts'
import { UnlockedConversation } from './fact-source.ts'
import { nextStep } from './retry.ts'
import { toStoreError } from './trouble.ts'

/** Most commands in one transaction. */
const MAX_BATCH = 256
/** Commands that may wait; beyond, the answer is `unavailable`. */
const MAX_WAITING = 50_000

interface Waiting {
  readonly command: AnyCommand
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/**
 * Takes commands and puts those that arrive together into common transactions, several of which run side by side
 * [V3]. See batch-plan.ts for which.
 */
export class CommandQueue {
  readonly #pool: pg.Pool
  readonly #options: StoreOptions
  readonly #recovery: CommitRecovery
  readonly #life: Pick<DatabaseLife, 'acknowledged'>
  readonly #maxTransactions: number
  readonly #lanes = new Set<number>()
  readonly #conversations = new Set<Id>()
  #queue: readonly Waiting[] = []
  #arrived: Waiting[] = []
  #transactions = 0
  /** Commands in those transactions. */
  #underWay = 0
  #scheduled = false
  #whenIdle: (() => void) | null = null

  constructor(
    pool: pg.Pool,
    options: StoreOptions,
    recovery: CommitRecovery,
    life: Pick<DatabaseLife, 'acknowledged'>,
    maxTransactions: number,
  ) {
    this.#pool = pool
    this.#options = options
    this.#recovery = recovery
    this.#life = life
    this.#maxTransactions = maxTransactions
  }

  /** Takes a command; resolves after the commit that holds it was made durable and told. */
  submit(command: AnyCommand): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.#queue.length + this.#arrived.length >= MAX_WAITING) {
        throw new StoreUnavailable('too many commands are waiting for the database')
      }
      this.#arrived.push({ command, resolve, reject })
      this.#schedule()
    })
  }

  /**
   * Resolves when everything that was taken has been answered, or after `patienceMs`; how many commands were not
   * answered then. Those that wait are refused; those in a transaction may take effect yet.
   */
  async drained(patienceMs: number): Promise<number> {
    const idle = new Promise<void>((resolve) => {
      this.#whenIdle = resolve
      this.#schedule()
    })
    await Promise.race([idle, wait(patienceMs, undefined, { ref: false })])
    return this.#giveUp()
  }

  /** Begins nothing any more. */
  #giveUp(): number {
    const left = [...this.#queue, ...this.#arrived]
    this.#queue = []
    this.#arrived = []
    for (const { reject } of left) reject(new StoreUnavailable('the server stops'))
    return left.length + this.#underWay
  }

  /** What arrives in one turn of the event loop is planned together. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#start()
    })
  }

  #start(): void {
    this.#queue = [...this.#queue, ...this.#arrived]
    this.#arrived = []
    while (this.#transactions < this.#maxTransactions && this.#queue.length > 0) {
      const busy = { lanes: this.#lanes, conversations: this.#conversations }
      const { batch, rest } = planBatch(this.#queue, busy, MAX_BATCH)
      if (batch.length === 0) break
      this.#queue = rest
      this.#hold(batch)
    }
    if (this.#transactions === 0 && this.#queue.length === 0) this.#whenIdle?.()
  }

  #hold(batch: readonly Waiting[]): void {
    this.#transactions += 1
    this.#underWay += batch.length
    const lanes = batch.map(({ command }) => command.lane)
    const conversations = batch.flatMap(({ command }) => conversationOf(command) ?? [])
    for (const lane of lanes) this.#lanes.add(lane)
    for (const conversation of conversations) this.#conversations.add(conversation)
    void this.#commit(batch).then(() => {
      this.#transactions -= 1
      this.#underWay -= batch.length
      for (const lane of lanes) this.#lanes.delete(lane)
      for (const conversation of conversations) this.#conversations.delete(conversation)
      this.#schedule()
    })
  }

  /** Runs a batch until it is committed or given up, and answers its commands. Does not reject. */
  async #commit(batch: readonly Waiting[]): Promise<void> {
    const commands = batch.map(({ command }) => command)
    const started = performance.now()
    for (let runs = 1; ; runs += 1) {
      const result = await runBatch(this.#pool, commands, this.#options)
      const elapsedMs = performance.now() - started
      if (result.status === 'committed') {
        this.#options.observer.committed({ commands: batch.length, durationMs: elapsedMs })
        this.#answer(batch, result)
        return
      }
      if (result.status === 'unknown') this.#recovery.add(result.touched)
      const { error } = result
      const next = nextStep({ error, runs, elapsedMs, commands: batch.length }, Math.random())
      if (next.step === 'one by one') {
        for (const waiting of batch) await this.#commit([waiting])
        return
      }
      if (next.step === 'give up') {
        const answer =
          error instanceof UnlockedConversation
            ? new StoreUnavailable('the rows kept changing', { cause: error })
            : toStoreError(error)
        for (const { reject } of batch) reject(answer)
        return
      }
      await wait(next.afterMs)
    }
  }

  #answer(
    batch: readonly Waiting[],
    { settled, committed, appended }: Extract<BatchResult, { status: 'committed' }>,
  ): void {
    // First: from here on somebody may know of it.
    this.#life.acknowledged(appended)
    if (committed.length > 0) this.#options.onCommitted(committed)
    batch.forEach(({ resolve, reject }, place) => {
      const result = settled[place]
      if (result === undefined) reject(new Error('a command without an outcome'))
      else if (result.ok) resolve(result.outcome)
      else reject(result.error)
    })
  }
}
