import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { AnyCommand } from '../../domain/command.ts'
import type { Outcome, Store, StoreOptions } from '../store.ts'
import { SqliteAccounts } from './accounts.ts'
import { Behind } from './behind.ts'
import { createChangeWriter } from './change-writers.ts'
import { createFactReaders } from './fact-readers.ts'
import { GroupCommit } from './group-commit.ts'
import { metaOf } from './meta.ts'
import { openDatabase } from './open-database.ts'
import { patiently } from './patience.ts'
import { SqliteReads } from './reads.ts'
import { StreamNumbers } from './stream-numbers.ts'
import { toStoreError } from './trouble.ts'

/** What a probe writes: more than a message of ordinary length takes, with its indices. */
const PROBE_CHARS = 32 * 1024

/**
 * The embedded store: one SQLite file in `folder`, for one process.
 *
 * @throws FolderInUse, SchemaTooNew, DatabaseEmptied
 */
export function openSqliteStore(folder: string, options: StoreOptions): Store {
  const { database, close } = openDatabase(folder)
  const numbers = new StreamNumbers(database)
  const behind = new Behind(database)
  const commits = new GroupCommit(
    database,
    {
      readFacts: createFactReaders(database, numbers),
      write: createChangeWriter(database, numbers),
      onUndone: () => numbers.forget(),
    },
    {
      ...options,
      onCommitted: (committed) => {
        behind.committed(committed)
        options.onCommitted(committed)
      },
    },
  )
  const reads = new SqliteReads(database)
  const accounts = new SqliteAccounts(database)
  const meta = metaOf(database)
  const instance = meta.get('instance')
  if (instance === undefined) throw new Error('the database has no instance')
  let probes = 0
  const moveRelayed = database.prepare<[number, StreamId]>(
    'UPDATE streams SET relayed = max(relayed, min(head, ?)) WHERE id = ?',
  )

  function guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw toStoreError(error)
    }
  }

  return {
    instance,
    restoredTo: meta.get('restored_to') ?? null,
    execute: (command: AnyCommand): Promise<Outcome> => commits.submit(command),

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
    revokedWithin: () => accounts.revokedWithin(),

    unrelayed: async (limit) => guarded(() => behind.first(limit)),
    markRelayed: (relayed) =>
      patiently(() => {
        database
          .transaction(() => {
            for (const [stream, seq] of relayed) moveRelayed.run(seq, stream)
          })
          .immediate()
        behind.marked(relayed)
      }),

    probe: async () => {
      // Written, and each time another text: a disk that is full or read-only can still be read.
      const text = (probes++ % 2 === 0 ? 'a' : 'b').repeat(PROBE_CHARS)
      await patiently(() => meta.put('probe', text))
    },
    close: async () => {
      await commits.flush()
      close()
    },
  }
}
