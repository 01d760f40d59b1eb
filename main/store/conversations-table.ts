import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { ConversationKind, Member } from '../../protocol/model/conversation.ts'
import { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { ConversationRecord } from '../sync/storage.ts'
import { parseJson } from './parse-json.ts'

const Row = z.object({
  id: Id,
  kind: ConversationKind,
  title: z.string().nullable(),
  members: z.string().transform(parseJson).pipe(z.array(Member)),
  member: z.literal([0, 1]),
  read_up_to: Cursor,
  known_since: z.number(),
})

const COLUMNS = 'id, kind, title, members, member, read_up_to, known_since'

/** A conversation, and since when it is known here, ms since the epoch. */
export interface StoredConversation {
  readonly record: ConversationRecord
  readonly knownSince: number
  /** Its row cannot be read: what is told of it stands in for it, until the server is asked. */
  readonly isDamaged: boolean
}

/** The conversations that the user is or was in. */
export class ConversationsTable {
  readonly #all: Statement<[]>
  readonly #one: Statement<[string]>
  readonly #put: Statement<[string, string, string | null, string, number, number, number]>
  readonly #lower: Statement<[number, string]>

  constructor(db: Database) {
    this.#all = db.prepare(`SELECT ${COLUMNS} FROM conversations`)
    this.#one = db.prepare(`SELECT ${COLUMNS} FROM conversations WHERE id = ?`)
    this.#put = db.prepare(`
      INSERT INTO conversations (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        kind = excluded.kind, title = excluded.title, members = excluded.members,
        member = excluded.member, read_up_to = max(read_up_to, excluded.read_up_to)`)
    this.#lower = db.prepare(
      'UPDATE conversations SET read_up_to = min(read_up_to, ?) WHERE id = ?',
    )
  }

  /** One that cannot be read has no members: the server is asked for it again, and its messages stay. */
  load(): StoredConversation[] {
    return this.#all.all().flatMap((raw) => decode(raw) ?? [])
  }

  get(id: Id): ConversationRecord | null {
    const raw = this.#one.get(id)
    const stored = raw === undefined ? null : decode(raw)
    return stored === null || stored.isDamaged ? null : stored.record
  }

  /** Inserts or replaces; the read marker only grows, and `knownSince` stays what it was. */
  put({ conversation, member, readUpTo }: ConversationRecord, knownSince: number): void {
    const { id, kind, title, members } = conversation
    const known = members.map(({ user, role }) => ({ user, role }))
    this.#put.run(id, kind, title, JSON.stringify(known), member ? 1 : 0, readUpTo, knownSince)
  }

  /** Moves a read marker back to `seq` where it is above. */
  lowerReadMarker(id: Id, seq: Cursor): void {
    this.#lower.run(seq, id)
  }
}

function decode(raw: unknown): StoredConversation | null {
  const row = Row.safeParse(raw)
  if (!row.success) return stump(raw)
  const { id, kind, title, members, member, read_up_to: readUpTo, known_since } = row.data
  const conversation = { id, kind, title, members }
  const record = { conversation, member: member === 1, readUpTo }
  return { record, knownSince: known_since, isDamaged: false }
}

const Stump = z.object({
  id: Id,
  title: z.string().nullable().catch(null),
  read_up_to: Cursor.catch(0),
})

/** What can be told of a row that is not as it should be: its messages must not be hidden with it. */
function stump(raw: unknown): StoredConversation | null {
  const row = Stump.safeParse(raw)
  if (!row.success) return null
  const { id, title, read_up_to: readUpTo } = row.data
  const conversation = { id, kind: 'group' as const, title, members: [] }
  return { record: { conversation, member: false, readUpTo }, knownSince: 0, isDamaged: true }
}
