import pg from 'pg'
import { DatabaseTrouble } from './trouble.ts'

/** How long to wait for a connection, also for a free one of the pool, in ms. */
const CONNECT_TIMEOUT_MS = 2_500
/** A statement that waits this long for a row's lock gives up, and its transaction is run again, in ms. */
const LOCK_TIMEOUT_MS = 2_500
/** A node that stops in the middle of a transaction holds its locks no longer than this, in ms. */
const IDLE_IN_TRANSACTION_MS = 5_000
/** The server gives up on a statement after this long, in ms. */
const STATEMENT_TIMEOUT_MS = 4_000
/** A connection that has not answered for this long is taken for dead, in ms. */
const ANSWER_TIMEOUT_MS = 5_000

/** int8 comes as text because it can exceed 2^53; ours are seqs and times, which do not. */
const INT8_OID = 20

const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === INT8_OID && format !== 'binary') return Number
    return pg.types.getTypeParser(oid, format)
  },
}

/**
 * Every statement of the store is a handful of look-ups by index, prepared once a connection. The planner is told so:
 * planning anew each time costs more than the look-ups, and guesses from tables that were small when it looked turn
 * into scans of all. `synchronous_commit` is what makes COMMIT durable [V3], whatever the server's default.
 */
const SESSION_SETTINGS = `
  SET synchronous_commit = on;
  SET plan_cache_mode = force_generic_plan;
  SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
  SET lock_timeout = ${LOCK_TIMEOUT_MS};
  SET statement_timeout = ${STATEMENT_TIMEOUT_MS};
  SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`

/** A prepared statement: its name stands for its text. */
export interface Statement {
  readonly name: string
  readonly text: string
}

/**
 * A connection was lost. Whatever is being asked on it is rejected, and the pool drops it: whoever asks next learns how
 * things are. Without a listener the event would end the process.
 */
function ignoreLoss(_error: Error): void {
  // Said by the rejections.
}

/**
 * Makes a pool of at most `size` connections, on which statements are sent without waiting for the one before. `check`
 * looks at each new one before it is used; a connection that it rejects is not.
 */
export function createPool(
  connectionString: string,
  size: number,
  check: (client: pg.ClientBase) => Promise<void> = async () => undefined,
): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: size,
    types,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A connection that was let go may not be had again, where others use up what the database has: health would be
    // told by whoever connects next, and not by those who are served.
    idleTimeoutMillis: 0,
    query_timeout: ANSWER_TIMEOUT_MS,
    fallback_application_name: 'ferry',
    onConnect: async (client) => {
      client.on('error', ignoreLoss)
      await client.query(SESSION_SETTINGS)
      await check(client)
    },
  })
  pool.on('error', ignoreLoss)
  return pool
}

/** A connection without time-outs for what may take long: migrations, and waiting for another node's. */
export function createClient(connectionString: string): pg.Client {
  const client = new pg.Client({
    connectionString,
    types,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    fallback_application_name: 'ferry',
  })
  client.on('error', ignoreLoss)
  return client
}

/** Something that takes statements: a pool or one connection of it. */
export type Asked = Pick<pg.ClientBase, 'query'>

/**
 * Runs a prepared statement. Rejects with DatabaseTrouble only. On one connection, statements that are asked for
 * without waiting travel together and run in order.
 */
export async function ask<Row extends pg.QueryResultRow>(
  asked: Asked,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    const result = await asked.query<Row>({ ...statement, values: [...values] })
    return result.rows
  } catch (error) {
    throw new DatabaseTrouble(error)
  }
}

/** Runs BEGIN, COMMIT or ROLLBACK; what the server says it did: a COMMIT of a failed transaction is a ROLLBACK. */
export async function control(
  client: pg.ClientBase,
  command: 'BEGIN ISOLATION LEVEL READ COMMITTED' | 'COMMIT' | 'ROLLBACK',
): Promise<string> {
  try {
    return (await client.query(command)).command
  } catch (error) {
    throw new DatabaseTrouble(error)
  }
}

/** A connection of the pool. Rejects with DatabaseTrouble. */
export async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw new DatabaseTrouble(error)
  }
}
