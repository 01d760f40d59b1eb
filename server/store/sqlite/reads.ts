import type Database from 'better-sqlite3'
import type { Message } from '../../../protocol/model/message.ts'
import {
  type Id,
  isUserStream,
  type StreamId,
  userStream,
} from '../../../protocol/model/primitives.ts'
import type { ConversationReceipts, Receipt } from '../../../protocol/model/receipt.ts'
import type { User } from '../../../protocol/model/user.ts'
import { mayReadConversation, mayReadStream } from '../../domain/may-read.ts'
import { peopleQuestion } from '../../domain/people-search.ts'
import {
  type ConversationRow,
  groupReactions,
  type MembershipRow,
  type ReactionRow,
  timestamp,
  toConversation,
} from '../../domain/rows.ts'
import { entryOfStored, type StreamEntry } from '../../domain/stream-entry.ts'
import type { Page, PageRequest, Reading, Reads } from '../store.ts'
import { createdMessage, prepareMembers } from './fact-readers.ts'
import { prepareFindUsers } from './find-users.ts'
import { toStoreError } from './trouble.ts'

/** A message's `message.created` beside what happened to it since. */
interface MessageNow {
  readonly id: Id
  readonly seq: number
  readonly data: string
  readonly version: number
  readonly edited_body: string | null
  readonly edited_at: number | null
  readonly deleted_at: number | null
}

/**
 * Reads of the database. Each method reads in one synchronous stretch, and every write of this process happens in
 * another: so each sees one snapshot, and rights are checked in the one that is read from.
 */
export class SqliteReads implements Reads {
  readonly #db: Database.Database
  readonly #statements: ReturnType<typeof prepareReads>

  constructor(db: Database.Database) {
    this.#db = db
    this.#statements = prepareReads(db)
  }

  async readableHeads(user: Id): Promise<Map<StreamId, number>> {
    return this.#guarded(() => {
      const heads = new Map(
        this.#statements.readableHeads.all(user).map(({ id, head }) => [id, head] as const),
      )
      const own = userStream(user)
      return heads.set(own, this.#statements.head.get(own) ?? 0)
    })
  }

  async heads(streams: readonly StreamId[]): Promise<Map<StreamId, number>> {
    return this.#guarded(() => {
      const heads = new Map<StreamId, number>()
      for (const stream of streams) {
        const head = this.#statements.head.get(stream)
        if (head !== undefined) heads.set(stream, head)
      }
      return heads
    })
  }

  async isMember(conversation: Id, user: Id): Promise<boolean> {
    return this.#guarded(() => {
      const place = this.#statements.place.get(conversation, user)
      return place !== undefined && place.role !== null
    })
  }

  async entriesAfter(request: PageRequest): Promise<Page> {
    return this.#guarded(() => this.#page(request))
  }

  async eventsFor(reader: Id, request: PageRequest): Promise<Reading<Page>> {
    return this.#guarded(() => {
      const { stream } = request
      const conversation = isUserStream(stream) ? null : this.#statements.conversation.get(stream)
      const refusal = mayReadStream(
        reader,
        stream,
        conversation ?? null,
        this.#statements.place.get(stream, reader) ?? null,
      )
      return refusal ?? { ok: true, value: this.#page(request) }
    })
  }

  async history(
    reader: Id,
    request: { conversation: Id; before: number | null; limit: number; maxBytes: number },
  ): Promise<Reading<readonly Message[]>> {
    return this.#guarded(() => {
      const refusal = this.#mayRead(request.conversation, reader)
      return refusal ?? { ok: true, value: this.#history(request) }
    })
  }

  async conversation(reader: Id, id: Id) {
    return this.#guarded(() => {
      const row = this.#statements.conversation.get(id)
      const refusal = this.#mayRead(id, reader)
      if (refusal !== undefined) return refusal
      if (row === undefined) throw new Error('mayReadConversation let a missing one by')
      return { ok: true, value: toConversation(row, this.#statements.members(id)) } as const
    })
  }

  async receipts(
    reader: Id,
    conversations: readonly Id[],
    limit: number,
  ): Promise<readonly ConversationReceipts[]> {
    return this.#guarded(() => {
      const told: ConversationReceipts[] = []
      let room = limit
      for (const conversation of new Set(conversations)) {
        if (this.#mayRead(conversation, reader) !== undefined) continue
        const receipts = this.#statements.receipts.all(conversation)
        room -= receipts.length
        if (room < 0) break
        told.push({ conversation, receipts })
      }
      return told
    })
  }

  async findUsers(query: string, limit: number): Promise<readonly User[]> {
    const question = peopleQuestion(query)
    if (question === null) return []
    return this.#guarded(() => this.#statements.findUsers(question, limit))
  }

  #mayRead(conversation: Id, reader: Id) {
    return mayReadConversation(
      this.#statements.conversation.get(conversation) ?? null,
      this.#statements.place.get(conversation, reader) ?? null,
    )
  }

  #page({ stream, after, limit, maxBytes }: PageRequest): Page {
    const known = this.#statements.stream.get(stream)
    if (known === undefined) return { entries: [], head: 0 }
    const entries: StreamEntry[] = []
    let bytes = 0
    for (const [seq, type, data] of this.#statements.events.iterate(known.n, after, limit)) {
      entries.push(entryOfStored(stream, seq, type, data))
      bytes += Buffer.byteLength(data)
      if (bytes >= maxBytes) break
    }
    return { entries, head: known.head }
  }

  #history(request: {
    conversation: Id
    before: number | null
    limit: number
    maxBytes: number
  }): readonly Message[] {
    const known = this.#statements.stream.get(request.conversation)
    if (known === undefined) return []
    const before = request.before ?? Number.MAX_SAFE_INTEGER
    const rows: MessageNow[] = []
    let bytes = 0
    for (const row of this.#statements.messages.iterate(known.n, before, request.limit)) {
      rows.push(row)
      bytes += Buffer.byteLength(row.data) + Buffer.byteLength(row.edited_body ?? '')
      if (bytes >= request.maxBytes) break
    }
    const reactions = this.#reactions(rows.map(({ id }) => id))
    return rows.map((row) => messageNow(row, reactions.get(row.id) ?? []))
  }

  #reactions(messages: readonly Id[]): Map<Id, ReactionRow[]> {
    const byMessage = new Map<Id, ReactionRow[]>()
    for (const { message, emoji, user } of this.#statements.reactions.iterate(
      JSON.stringify(messages),
    )) {
      const known = byMessage.get(message)
      if (known === undefined) byMessage.set(message, [{ emoji, user }])
      else known.push({ emoji, user })
    }
    return byMessage
  }

  #guarded<T>(read: () => T): T {
    try {
      if (!this.#db.inTransaction) return read()
    } catch (error) {
      throw toStoreError(error)
    }
    throw new Error('a read inside a transaction would see what is not committed')
  }
}

function messageNow(row: MessageNow, reactions: readonly ReactionRow[]): Message {
  const { body, ...created } = createdMessage(row.data)
  const now = row.deleted_at === null ? (row.edited_body ?? body) : undefined
  return {
    ...created,
    ...(now !== undefined && { body: now }),
    version: row.version,
    ...(row.edited_at !== null && { editedAt: timestamp(row.edited_at) }),
    ...(row.deleted_at !== null && { deletedAt: timestamp(row.deleted_at) }),
    reactions: groupReactions(reactions),
  }
}

function prepareReads(db: Database.Database) {
  return {
    stream: db.prepare<[StreamId], { n: number; head: number }>(
      'SELECT n, head FROM streams WHERE id = ?',
    ),
    head: db.prepare<[StreamId], number>('SELECT head FROM streams WHERE id = ?').pluck(),
    readableHeads: db.prepare<[Id], { id: StreamId; head: number }>(
      `SELECT s.id, s.head FROM memberships m CROSS JOIN streams s ON s.id = m.conversation
       WHERE m.user = ? AND m.role IS NOT NULL`,
    ),
    conversation: db.prepare<[Id], Omit<ConversationRow, 'head'>>(
      'SELECT id, kind, title, members, owners FROM conversations WHERE id = ?',
    ),
    place: db.prepare<[Id, Id], MembershipRow>(
      'SELECT user, role, seq FROM memberships WHERE conversation = ? AND user = ?',
    ),
    receipts: db.prepare<[Id], Receipt>(
      `SELECT user, joined, max(delivered_up_to, read_up_to) AS delivered, read_up_to AS read
       FROM memberships WHERE conversation = ? AND role IS NOT NULL ORDER BY user`,
    ),
    events: db
      .prepare<[number, number, number], [number, string, string]>(
        'SELECT seq, type, data FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?',
      )
      .raw(),
    messages: db.prepare<[number, number, number], MessageNow>(
      `SELECT m.id, e.seq, e.data, m.version, m.edited_body, m.edited_at, m.deleted_at
       FROM events e CROSS JOIN messages m ON m.id = e.data ->> '$.message.id'
       WHERE e.stream = ? AND e.seq < ? AND e.type = 'message.created'
       ORDER BY e.seq DESC LIMIT ?`,
    ),
    reactions: db.prepare<[string], ReactionRow & { message: Id }>(
      `SELECT r.message, r.emoji, r.user FROM json_each(?) AS wanted
       CROSS JOIN reactions r ON r.message = wanted.value ORDER BY r.message, r.seq`,
    ),
    members: prepareMembers(db),
    findUsers: prepareFindUsers(db),
  }
}
