import type pg from 'pg'
import type { AnyCommand } from '../../domain/command.ts'
import type { CommittedStream } from '../../domain/stream-entry.ts'
import { outcomeOf } from '../outcome-of.ts'
import type { Outcome, StoreOptions } from '../store.ts'
import type { AcknowledgedEvent } from './acknowledged.ts'
import { ChangeBatch, type TouchedStream } from './change-batch.ts'
import { ask, connect, control } from './connection.ts'
import { FactSource, UnlockedConversation } from './fact-source.ts'
import { loadFacts, locksOf } from './load-facts.ts'
import { lockStreams } from './lock-streams.ts'
import { DatabaseTrouble } from './trouble.ts'

/** What became of one command of a committed batch. */
type Settled =
  | { readonly ok: true; readonly outcome: Outcome }
  /** Its decision could not be made: a defect, which leaves its neighbours alone. */
  | { readonly ok: false; readonly error: unknown }

/** What became of a batch. */
export type BatchResult =
  | {
      readonly status: 'committed'
      readonly settled: readonly Settled[]
      readonly committed: readonly CommittedStream[]
      readonly appended: readonly AcknowledgedEvent[]
    }
  /** Nothing of it took effect; `error` says whether to try again. */
  | { readonly status: 'rolled back'; readonly error: unknown }
  /**
   * The connection was lost after COMMIT was written: it took effect, or not. Trying again answers by key [V4].
   */
  | {
      readonly status: 'unknown'
      readonly error: unknown
      readonly touched: readonly TouchedStream[]
    }

/**
 * Runs commands in one transaction: locks their streams, reads their facts, decides one after the other, writes all
 * changes, commits [V1]. Two exchanges with the database, however many commands. Does not reject.
 */
export async function runBatch(
  pool: pg.Pool,
  commands: readonly AnyCommand[],
  options: Pick<StoreOptions, 'now' | 'editWindowMs'>,
): Promise<BatchResult> {
  let client: pg.PoolClient
  try {
    client = await connect(pool)
  } catch (error) {
    return { status: 'rolled back', error }
  }
  const result = await runOn(client, commands, options)
  // A connection that failed is closed and not given to the next: its state is unknown.
  client.release(result.status !== 'committed')
  return result
}

async function runOn(
  client: pg.ClientBase,
  commands: readonly AnyCommand[],
  options: Pick<StoreOptions, 'now' | 'editWindowMs'>,
): Promise<BatchResult> {
  const changes = new ChangeBatch()
  let committing = false
  try {
    const [, locked, facts] = await Promise.all([
      control(client, 'BEGIN ISOLATION LEVEL READ COMMITTED'),
      lockStreams(client, locksOf(commands)),
      loadFacts(client, commands),
    ])
    const source = new FactSource(facts, locked)
    const settled = commands.map((command) => settle(command, source, changes, options))
    const writing = changes.writes().map(({ statement, values }) => ask(client, statement, values))
    committing = !changes.empty
    const [ended] = await Promise.all([control(client, 'COMMIT'), ...writing])
    if (ended !== 'COMMIT') throw new Error('the transaction had failed')
    const appended = changes.appended()
    return { status: 'committed', settled, committed: changes.committed(), appended }
  } catch (error) {
    const lost = error instanceof DatabaseTrouble && error.trouble === 'connection'
    if (!lost || !committing) return { status: 'rolled back', error }
    return { status: 'unknown', error, touched: changes.touched() }
  }
}

/** Decides one command. Throws only what concerns the whole batch. */
function settle(
  command: AnyCommand,
  source: FactSource,
  changes: ChangeBatch,
  options: Pick<StoreOptions, 'now' | 'editWindowMs'>,
): Settled {
  try {
    const circumstances = { now: options.now(), editWindowMs: options.editWindowMs }
    const decision = source.decide(command, circumstances)
    if (decision.ok) changes.add(decision.changes)
    return { ok: true, outcome: outcomeOf(decision) }
  } catch (error) {
    if (error instanceof UnlockedConversation) throw error
    return { ok: false, error }
  }
}
