import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Message } from '../../protocol/model/message.ts'
import type { Cursor, Id, Seq } from '../../protocol/model/primitives.ts'
import type { LogsTable } from './logs-table.ts'
import { firstPlace, PLACES_PER_MS } from './message-place.ts'
import {
  CONVERSATION,
  decodeMessage,
  encodeReactions,
  MESSAGE_COLUMNS,
  MessageRow,
  optionalMs,
  storedForm,
} from './message-row.ts'
import { RecentMessages } from './recent-messages.ts'
import { readRow } from './row.ts'
import type { SearchIndex } from './search-index.ts'

/** Which messages: the newest `limit` of those with from <= seq < before (null: no upper end). */
export interface PageBounds {
  readonly from: Seq | 0
  readonly before: Seq | null
  readonly limit: number
}

/** Messages with after < seq <= upTo. */
export interface SeqRange {
  readonly after: Seq | 0
  readonly upTo: Seq | 0
}

/** A page of messages as they are stored. */
export interface StoredPage {
  /** Newest first. */
  readonly messages: Message[]
  /** How many rows were read: more than `messages` when some could not be decoded. */
  readonly rows: number
  /** Lowest seq of the rows that were read; null for none. */
  readonly lowest: Seq | null
  /** Those that could not be decoded. */
  readonly unreadable: readonly MessageRow[]
}

const EMPTY_PAGE: StoredPage = { messages: [], rows: 0, lowest: null, unreadable: [] }

const Existing = z.object({ place: z.number(), body: z.string().nullable() })
const Count = z.object({ count: z.int() })
const Key = z.object({ key: z.string() })
const CreatedAt = z.object({ created_at: z.number() })
const LowestSeq = z.object({ seq: z.int().nullable() })

const FROM = 'FROM messages m'
/** Above every seq: the newest page is the one before it. */
const NEWEST = Number.MAX_SAFE_INTEGER

type Values = [
  log: number,
  seq: number,
  author: string,
  key: string | null,
  body: string | null,
  version: number,
  createdAt: number,
  editedAt: number | null,
  deletedAt: number | null,
  replyTo: string | null,
  reactions: string | null,
  newer: string | null,
]

/** Messages that the server has, in their state as of the cursor. The search index is kept in the same transaction. */
export class MessagesTable {
  readonly #logs: LogsTable
  readonly #search: SearchIndex
  readonly #byId: Statement<[string]>
  readonly #byKey: Statement<[string]>
  readonly #byPlace: Statement<[number]>
  readonly #page: Statement<[number, number, number, number]>
  readonly #ownPage: Statement<[number, string, number, number, number]>
  readonly #lowestSince: Statement<[number, number]>
  readonly #oldest: Statement<[number, number]>
  readonly #replies: Statement<[string, number]>
  readonly #keyTaken: Statement<[string, string]>
  readonly #unread: Statement<[number, number, string]>
  readonly #keysBetween: Statement<[number, number, number, string, number]>
  readonly #existing: Statement<[string]>
  readonly #insert: Statement<[first: number, end: number, first: number, id: string, ...Values]>
  readonly #update: Statement<[...Values, id: string]>
  readonly #recent = new RecentMessages()

  constructor(db: Database, logs: LogsTable, search: SearchIndex) {
    this.#logs = logs
    this.#search = search
    this.#byId = db.prepare(`SELECT ${MESSAGE_COLUMNS} ${FROM} WHERE m.id = ?`)
    this.#byKey = db.prepare(`SELECT ${MESSAGE_COLUMNS} ${FROM} WHERE m.key = ?`)
    this.#byPlace = db.prepare(`SELECT ${MESSAGE_COLUMNS} ${FROM} WHERE m.place = ?`)
    this.#page = db.prepare(PAGE_QUERY)
    this.#ownPage = db.prepare(OWN_PAGE_QUERY)
    this.#lowestSince = db.prepare(LOWEST_SINCE_QUERY)
    this.#unread = db.prepare(UNREAD_QUERY)
    this.#keysBetween = db.prepare(KEYS_BETWEEN_QUERY)
    this.#oldest = db.prepare(
      `SELECT created_at FROM messages WHERE log = ? AND seq >= ? ORDER BY seq LIMIT 1`,
    )
    this.#replies = db.prepare(`SELECT ${MESSAGE_COLUMNS} ${FROM} WHERE m.reply_to = ? LIMIT ?`)
    this.#keyTaken = db.prepare(`
      SELECT m.id ${FROM} WHERE m.key = ? AND m.id <> ? AND ${CONVERSATION} IS NOT NULL LIMIT 1`)
    this.#existing = db.prepare('SELECT place, body FROM messages WHERE id = ?')
    this.#insert = db.prepare(INSERT)
    this.#update = db.prepare(`
      UPDATE messages SET log = ?, seq = ?, author = ?, key = ?, body = ?, version = ?,
        created_at = ?, edited_at = ?, deleted_at = ?, reply_to = ?, reactions = ?, newer = ?
      WHERE id = ?`)
  }

  get(id: Id): Message | null {
    return this.#recent.byId(id) ?? decode(this.#byId.get(id))
  }

  getByKey(key: string): Message | null {
    const recent = this.#recent.byKey(key)
    if (recent !== null) return recent
    for (const raw of this.#byKey.all(key)) {
      const message = decode(raw)
      if (message !== null) return message
    }
    return null
  }

  /** What was written is not there any more, or not visible: a transaction was rolled back, or a log replaced. */
  forgetRecent(): void {
    this.#recent.clear()
  }

  getByPlace(place: number): Message | null {
    return decode(this.#byPlace.get(place))
  }

  repliesTo(id: Id, limit: number): Message[] {
    return this.#replies.all(id, limit).flatMap((raw) => decode(raw) ?? [])
  }

  /**
   * Inserts or replaces by id. A key that another message has is not kept: keys are chosen by their authors and shown
   * to all, so that anyone could send a message that hides another one behind its key on screen.
   */
  put(message: Message): void {
    const { id } = message
    const body = message.deletedAt === undefined ? (message.body ?? null) : null
    const createdAt = Date.parse(message.createdAt)
    const key = message.key ?? null
    const isTaken = key !== null && this.#keyTaken.get(key, id) !== undefined
    const keptKey = isTaken ? null : key
    const values: Values = [
      this.#logs.ensure(message.conversation),
      message.seq,
      message.author,
      keptKey,
      body,
      message.version,
      createdAt,
      optionalMs(message.editedAt),
      optionalMs(message.deletedAt),
      message.replyTo ?? null,
      encodeReactions(message),
      message.deletedAt === undefined ? (message.newer ?? null) : null,
    ]
    // A message that is new is the common case, and costs one statement.
    for (let skipped = 0; ; skipped = skipped * 2 + 1) {
      const first = firstPlace(createdAt) + skipped * PLACES_PER_MS
      const range = [first, first + PLACES_PER_MS, first] as const
      const { changes, lastInsertRowid } = this.#insert.run(...range, id, ...values)
      if (changes === 1) {
        this.#search.replace(Number(lastInsertRowid), null, body)
        break
      }
      // Either it is not new, or all places of that millisecond are taken.
      const known = this.#existing.get(id)
      if (known === undefined) continue
      const existing = readRow(Existing, known)
      this.#update.run(...values, id)
      this.#search.replace(existing.place, existing.body, body)
      break
    }
    this.#recent.put(storedForm(message, keptKey))
  }

  /** Up to `limit` messages from `from` on and below `before` (null: the newest). */
  page(conversation: Id, { from, before, limit }: PageBounds): StoredPage {
    const log = this.#logs.find(conversation)
    return log === null
      ? EMPTY_PAGE
      : this.#read(this.#page.all(log, from, before ?? NEWEST, limit))
  }

  /** The same of an author's messages that have a body. */
  ownPage(conversation: Id, author: Id, { from, before, limit }: PageBounds): StoredPage {
    const log = this.#logs.find(conversation)
    if (log === null) return EMPTY_PAGE
    return this.#read(this.#ownPage.all(log, author, from, before ?? NEWEST, limit))
  }

  #read(raws: readonly unknown[]): StoredPage {
    const rows = raws.map((raw) => readRow(MessageRow, raw))
    const messages: Message[] = []
    const unreadable: MessageRow[] = []
    for (const row of rows) {
      const message = decodeMessage(row)
      if (message === null) unreadable.push(row)
      else messages.push(message)
    }
    // Damage on disk must not be hidden by what is remembered: those who read next are to see it, and heal it.
    if (messages.length < rows.length) this.#recent.clear()
    return { messages, rows: rows.length, lowest: rows.at(-1)?.seq ?? null, unreadable }
  }

  /** The seq above which all is above `after`, or may be as new as `sinceMs`. */
  lostAbove(conversation: Id, after: Cursor, sinceMs: number | null): Cursor {
    const log = this.#logs.find(conversation)
    return log === null || sinceMs === null
      ? after
      : Math.min(after, this.#lastBefore(log, sinceMs))
  }

  /** The seq under which all is older than this instant; beyond every seq when nothing is that new. */
  #lastBefore(log: number, sinceMs: number): number {
    const { seq } = readRow(LowestSeq, this.#lowestSince.get(firstPlace(sinceMs), log))
    return seq === null ? NEWEST : seq - 1
  }

  /** Keys on screen of an author's messages in a range, the newest `limit` first. */
  keysBetween(conversation: Id, author: Id, { after, upTo }: SeqRange, limit: number): string[] {
    const log = this.#logs.find(conversation)
    if (log === null) return []
    const rows = this.#keysBetween.all(log, after, upTo, author, limit)
    return rows.map((raw) => readRow(Key, raw).key)
  }

  /** When the first stored message from a seq on was written, ms since the epoch; null for none. */
  oldestAt(conversation: Id, from: Seq): number | null {
    const log = this.#logs.find(conversation)
    const raw = log === null ? undefined : this.#oldest.get(log, from)
    return raw === undefined ? null : readRow(CreatedAt, raw).created_at
  }

  /** How many messages of others above `after` there are, deleted ones not counted. */
  countUnread(conversation: Id, after: Seq, self: Id): number {
    const log = this.#logs.find(conversation)
    return log === null ? 0 : readRow(Count, this.#unread.get(log, after, self)).count
  }
}

/**
 * Takes the next free place of a millisecond (its first, its end, its first); changes nothing when the id is known or
 * the place is taken. Without RETURNING, which makes SQLite set a savepoint, at which the search index writes a
 * segment for each message.
 */
export const INSERT = `INSERT INTO messages (place, id, log, seq, author, key, body, version,
    created_at, edited_at, deleted_at, reply_to, reactions, newer)
  VALUES (coalesce((SELECT max(place) + 1 FROM messages WHERE place >= ? AND place < ?), ?),
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`

/** The queries whose plans are tested: none reads messages that it does not answer with. */
export const PAGE_QUERY = `SELECT ${MESSAGE_COLUMNS} ${FROM}
  WHERE m.log = ? AND m.seq >= ? AND m.seq < ? ORDER BY m.seq DESC LIMIT ?`
export const UNREAD_QUERY = `SELECT count(*) AS count FROM messages
  WHERE log = ? AND seq > ? AND author <> ? AND deleted_at IS NULL`
export const KEYS_BETWEEN_QUERY = `SELECT coalesce(m.key, m.id) AS key ${FROM}
  WHERE m.log = ? AND m.seq > ? AND m.seq <= ? AND m.author = ? ORDER BY m.seq DESC LIMIT ?`
export const OWN_PAGE_QUERY = `SELECT ${MESSAGE_COLUMNS} ${FROM}
  WHERE m.log = ? AND m.author = ? AND m.seq >= ? AND m.seq < ? AND m.body IS NOT NULL
  ORDER BY m.seq DESC LIMIT ?`
/** A place tells the instant: what is older is not read (the + keeps the planner from walking the whole log instead). */
export const LOWEST_SINCE_QUERY = `SELECT min(m.seq) AS seq FROM messages m
  WHERE m.place >= ? AND +m.log = ?`

function decode(raw: unknown): Message | null {
  return raw === undefined ? null : decodeMessage(readRow(MessageRow, raw))
}
