import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { AnyCommand } from '../../domain/command.ts'
import { type Store, type StoreOptions, StoreUnavailable } from '../store.ts'
import { PostgresAccounts } from './accounts.ts'
import { CommandQueue } from './command-queue.ts'
import { CommitRecovery } from './commit-recovery.ts'
import { createClient, createPool, type Statement } from './connection.ts'
import { DatabaseLife } from './database-life.ts'
import { migrate, SchemaTooNew } from './migrate.ts'
import { Questions } from './questions.ts'
import { PostgresReads } from './reads.ts'
import { PostgresRelay } from './relay.ts'
import { troubleOf } from './trouble.ts'

/** Transactions of commands that run side by side, each on a connection of its own. */
const MAX_TRANSACTIONS = 4
/** Connections for everything else, so that many who catch up do not keep anyone from sending. */
const READ_CONNECTIONS = 6

/** How long a stop waits for what was taken to be committed, and then for the connections to end, in ms [V11]. */
const COMMIT_PATIENCE_MS = 600
const CLOSE_PATIENCE_MS = 200

/**
 * Whether a message could be stored: it waits for whoever keeps others from writing to the tables of messages, and
 * writes, as a database that is full or read-only can still be read.
 */
const PROBE: Statement = {
  name: 'probe',
  text: `WITH a AS (DELETE FROM messages WHERE false), b AS (DELETE FROM events WHERE false),
    c AS (DELETE FROM streams WHERE false), d AS (DELETE FROM keys WHERE false)
    INSERT INTO meta (name, value) VALUES ('probe', $1)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
}
/** Bytes of a probe, which no compression makes less: more than what is free in a page. */
const PROBE_BYTES = 8 * 1024

/** The database cannot be used, and waiting will not help: why, in words for whoever runs the server. */
class UnusableDatabase extends Error {
  override readonly name = 'UnusableDatabase'
}

/**
 * The store for several nodes: one PostgreSQL (15 or newer), shared. Brings the schema up to date first.
 *
 * @param connectionString `postgres://user:password@host:port/database`
 * @throws StoreUnavailable when it cannot be reached, SchemaTooNew, UnusableDatabase
 */
export async function openPostgresStore(
  connectionString: string,
  options: StoreOptions,
): Promise<Store> {
  const { instance, restoredTo } = await prepareDatabase(connectionString)
  // One more than commands take, for a probe that waits behind nobody.
  const life = new DatabaseLife(connectionString, instance, () => options.onAnotherLife?.())
  const check = (client: pg.ClientBase) => life.check(client)
  const writing = createPool(connectionString, MAX_TRANSACTIONS + 1, check)
  const reading = createPool(connectionString, READ_CONNECTIONS, check)
  const questions = new Questions(reading, READ_CONNECTIONS)
  const probes = new Questions(writing, 1)
  const reads = new PostgresReads(questions)
  const accounts = new PostgresAccounts(questions)
  const relay = new PostgresRelay(questions)
  const recovery = new CommitRecovery(
    {
      entriesAfter: (stream, after) => reads.settledEntriesAfter(stream, after),
      entriesAt: (stream, seqs) => reads.settledEntriesAt(stream, seqs),
    },
    options.onCommitted,
  )
  // From now on there is a connection that a probe need not wait for.
  const probe = async () => {
    await probes.again(PROBE, [randomBytes(PROBE_BYTES).toString('base64')])
  }
  await probe()
  const commands = new CommandQueue(writing, options, recovery, life, MAX_TRANSACTIONS)
  life.watch(questions)

  return {
    instance,
    restoredTo,
    execute: (command: AnyCommand) => commands.submit(command),

    readableHeads: (user) => reads.readableHeads(user),
    heads: (streams) => reads.heads(streams),
    isMember: (conversation, user) => reads.isMember(conversation, user),
    entriesAfter: (request) => reads.entriesAfter(request),
    eventsFor: (reader, request) => reads.eventsFor(reader, request),
    history: (reader, request) => reads.history(reader, request),
    conversation: (reader, id) => reads.conversation(reader, id),
    receipts: (reader, conversations, limit) => reads.receipts(reader, conversations, limit),
    findUsers: (query, limit) => reads.findUsers(query, limit),

    createUser: (user) => accounts.createUser(user),
    credentials: (usernameKey) => accounts.credentials(usernameKey),
    createSession: (session) => accounts.createSession(session),
    session: (tokenHash, now) => accounts.session(tokenHash, now),
    extendSession: (tokenHash, expiresAt) => accounts.extendSession(tokenHash, expiresAt),
    deleteSession: (tokenHash) => accounts.deleteSession(tokenHash),
    deleteExpiredSessions: (now, limit) => accounts.deleteExpiredSessions(now, limit),
    revokedWithin: (ms) => accounts.revokedWithin(ms),

    unrelayed: (limit) => relay.unrelayed(limit),
    markRelayed: (relayed) => relay.markRelayed(relayed),

    probe,
    close: async () => {
      life.stop()
      const abandoned = await commands.drained(COMMIT_PATIENCE_MS)
      if (abandoned > 0) options.onAbandoned?.(abandoned)
      await recovery.stop()
      // A database that does not answer does not say goodbye either.
      const closed = Promise.all([writing.end(), reading.end()])
      await Promise.race([closed, wait(CLOSE_PATIENCE_MS, undefined, { ref: false })])
    },
  }
}

/** Checks the database, migrates it, and answers who it is. */
async function prepareDatabase(
  connectionString: string,
): Promise<Pick<Store, 'instance' | 'restoredTo'>> {
  const client = createClient(connectionString)
  try {
    await client.connect()
    const { rows: settings } = await client.query<{ encoding: string; version: number }>(
      "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num')::int AS version",
    )
    const { encoding = '', version = 0 } = settings[0] ?? {}
    if (encoding !== 'UTF8') {
      throw new UnusableDatabase(`the database is encoded in ${encoding}, and must be in UTF8`)
    }
    if (version < 150_000) {
      throw new UnusableDatabase('PostgreSQL 15 or newer is needed')
    }
    await migrate(client)
    const { rows } = await client.query<{ name: string; value: string }>(
      'SELECT name, value FROM meta',
    )
    const meta = new Map(rows.map(({ name, value }) => [name, value]))
    const instance = meta.get('instance')
    if (instance === undefined) throw new UnusableDatabase('the database has no instance')
    return { instance, restoredTo: meta.get('restored_to') ?? null }
  } catch (error) {
    if (error instanceof UnusableDatabase || error instanceof SchemaTooNew) throw error
    if (troubleOf(error) === 'defect') throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new StoreUnavailable(`the database cannot be reached: ${why}`, { cause: error })
  } finally {
    await client.end()
  }
}
