import type pg from 'pg'
import { StoreUnavailable } from '../store.ts'
import { Acknowledged, type AcknowledgedEvent } from './acknowledged.ts'
import { ask, createClient, type Statement } from './connection.ts'
import type { Questions } from './questions.ts'

/** How often a node looks whether another one has given the database a new name, in ms. */
const LOOK_EVERY_MS = 2_000

/** `lost`: the time of the oldest event of those asked after that is not there; null when all are. */
const LOOK: Statement = {
  name: 'life',
  text: `SELECT pg_is_in_recovery() AS standby,
      (SELECT value FROM meta WHERE name = 'instance') AS instance,
      (SELECT min(told.at)
         FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) AS told (stream, seq, at, type)
        WHERE NOT EXISTS (
          SELECT FROM events AS kept
           WHERE kept.stream = told.stream AND kept.seq = told.seq
             AND kept.at = told.at AND kept.type = told.type)) AS lost`,
}
const INSTANCE: Statement = {
  name: 'instance',
  text: "SELECT value AS instance FROM meta WHERE name = 'instance'",
}

/** By one node only: who comes second finds another name. */
const RENEW = `WITH renewed AS (
    UPDATE meta SET value = gen_random_uuid()::text WHERE name = 'instance' AND value = $1 RETURNING 1)
  INSERT INTO meta (name, value) SELECT 'restored_to', $2 FROM renewed
  ON CONFLICT (name) DO UPDATE SET value = excluded.value`

/** What is behind a connection is not the database that this node has been telling its clients of. */
export class AnotherLife extends Error {
  override readonly name = 'AnotherLife'
}

/**
 * Whether the database still is the one that this node began on. A replica that was promoted may lack commits that were
 * acknowledged: clients have them, and would take what comes under their numbers for a repeat. So each new connection
 * is asked for what this node acknowledged last, before anything else. When some of it is missing, the database gets a
 * new name, as one that was put back from a backup does [V8], and all nodes begin anew on it.
 */
export class DatabaseLife {
  readonly #connectionString: string
  readonly #instance: string
  readonly #onAnother: () => void
  readonly #acknowledged = new Acknowledged()
  #isOver = false
  #timer: NodeJS.Timeout | null = null

  constructor(connectionString: string, instance: string, onAnother: () => void) {
    this.#connectionString = connectionString
    this.#instance = instance
    this.#onAnother = onAnother
  }

  /** Events whose commit has returned. */
  acknowledged(events: readonly AcknowledgedEvent[]): void {
    this.#acknowledged.add(events)
  }

  /**
   * Looks at a new connection, before it is used. Rejects when it must not be.
   *
   * @throws AnotherLife, DatabaseTrouble
   */
  async check(client: pg.ClientBase): Promise<void> {
    if (this.#isOver) throw new AnotherLife('this node begins anew')
    const events = this.#acknowledged.recent
    const [found] = await ask<{ standby: boolean; instance: string | null; lost: number | null }>(
      client,
      LOOK,
      [
        events.map(({ stream }) => stream),
        events.map(({ seq }) => seq),
        events.map(({ at }) => at),
        events.map(({ type }) => type),
      ],
    )
    // It may be behind, and catch up: what it lacks is not lost.
    if (found === undefined || found.standby) throw new AnotherLife('a standby')
    if (found.instance !== this.#instance) this.#end('it has another name')
    if (found.lost !== null) {
      await this.#renew(found.lost)
      this.#end('it lacks what was acknowledged')
    }
  }

  /** Looks from now on whether another node has found something missing. */
  watch(questions: Questions): void {
    this.#timer = setInterval(() => {
      questions.again<{ instance: string }>(INSTANCE, []).then(
        ([found]) => {
          if (found !== undefined && found.instance !== this.#instance) this.#over()
        },
        (error: unknown) => {
          // While it is away nobody is told anything; each request says so.
          if (!(error instanceof StoreUnavailable)) throw error
        },
      )
    }, LOOK_EVERY_MS).unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  #end(why: string): never {
    this.#over()
    throw new AnotherLife(`the database is not the one that this node began on: ${why}`)
  }

  #over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.stop()
    this.#onAnother()
  }

  /** What was said from the last message before the loss on may be missing. */
  async #renew(lostAt: number): Promise<void> {
    const client = createClient(this.#connectionString)
    try {
      await client.connect()
      const { rows } = await client.query<{ ms: number | null }>(
        'SELECT max(created_at) AS ms FROM messages WHERE created_at < $1',
        [lostAt],
      )
      const restoredTo = new Date(rows[0]?.ms ?? 0).toISOString()
      await client.query(RENEW, [this.#instance, restoredTo])
    } finally {
      await client.end()
    }
  }
}
