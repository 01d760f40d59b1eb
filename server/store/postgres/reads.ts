import type pg from 'pg'
import type { Conversation } from '../../../protocol/model/conversation.ts'
import type { Message } from '../../../protocol/model/message.ts'
import { type Id, type StreamId, userStream } from '../../../protocol/model/primitives.ts'
import type { ConversationReceipts, Receipt } from '../../../protocol/model/receipt.ts'
import type { User } from '../../../protocol/model/user.ts'
import { mayReadConversation, mayReadStream } from '../../domain/may-read.ts'
import { peopleQuestion } from '../../domain/people-search.ts'
import { type MemberRow, type MembershipRow, toConversation, toMessage } from '../../domain/rows.ts'
import { entryOfStored, type StreamEntry } from '../../domain/stream-entry.ts'
import type { Page, PageRequest, Reading, Reads } from '../store.ts'
import type { Questions } from './questions.ts'
import * as sql from './read-statements.ts'

/** Reads of the database. Each is one statement, and so sees one snapshot, its rights included. */
export class PostgresReads implements Reads {
  readonly #questions: Questions

  constructor(questions: Questions) {
    this.#questions = questions
  }

  async readableHeads(user: Id): Promise<Map<StreamId, number>> {
    const own = userStream(user)
    const rows = await this.#questions.again<sql.HeadRow>(sql.READABLE_HEADS, [user, own])
    return new Map([[own, 0], ...rows.map((row) => [row.stream, row.head] as const)])
  }

  async heads(streams: readonly StreamId[]): Promise<Map<StreamId, number>> {
    const rows = await this.#questions.again<sql.HeadRow>(sql.HEADS, [streams])
    return new Map(rows.map((row) => [row.stream, row.head]))
  }

  async isMember(conversation: Id, user: Id): Promise<boolean> {
    const rows = await this.#questions.again(sql.IS_MEMBER, [conversation, user])
    return rows.length > 0
  }

  async entriesAfter(request: PageRequest): Promise<Page> {
    const { stream, after, limit, maxBytes } = request
    const rows = await this.#questions.again<sql.PageRow>(sql.PAGE, [
      stream,
      after,
      limit,
      maxBytes,
    ])
    return pageOf(stream, rows)
  }

  async eventsFor(reader: Id, request: PageRequest): Promise<Reading<Page>> {
    const { stream, after, limit, maxBytes } = request
    const values = [stream, after, limit, maxBytes, reader]
    const rows = await this.#questions.again<sql.PageRow & sql.PlaceRow>(sql.READER_PAGE, values)
    const [first] = rows
    const refusal = mayReadStream(
      reader,
      stream,
      first?.conversation ?? null,
      placeOf(reader, first),
    )
    return refusal ?? { ok: true, value: pageOf(stream, rows) }
  }

  async history(
    reader: Id,
    request: { conversation: Id; before: number | null; limit: number; maxBytes: number },
  ): Promise<Reading<readonly Message[]>> {
    const { conversation, limit, maxBytes } = request
    const before = request.before ?? Number.MAX_SAFE_INTEGER
    const values = [conversation, before, limit, maxBytes, reader]
    const rows = await this.#questions.again<sql.HistoryRow & sql.PlaceRow>(sql.HISTORY, values)
    const [first] = rows
    const refusal = mayReadConversation(first?.conversation ?? null, placeOf(reader, first))
    if (refusal !== undefined) return refusal
    const messages = rows.flatMap((row): Message[] => {
      if (row.message === null) return []
      const reactions = (row.reactions ?? []).map(([emoji, user]) => ({ emoji, user }))
      return [toMessage(row.message, reactions)]
    })
    return { ok: true, value: messages }
  }

  async conversation(reader: Id, id: Id): Promise<Reading<Conversation>> {
    const rows = await this.#questions.again<sql.ConversationRow & sql.PlaceRow>(sql.CONVERSATION, [
      id,
      reader,
    ])
    const [first] = rows
    const refusal = mayReadConversation(first?.conversation ?? null, placeOf(reader, first))
    if (refusal !== undefined) return refusal
    if (first === undefined) throw new Error('mayReadConversation let a missing one by')
    const members = rows.map(
      ({ id: user, username, display_name, role }): MemberRow => ({
        user: { id: user, username, displayName: display_name },
        role,
      }),
    )
    return {
      ok: true,
      value: toConversation({ id, kind: first.kind, title: first.title }, members),
    }
  }

  async receipts(
    reader: Id,
    conversations: readonly Id[],
    limit: number,
  ): Promise<readonly ConversationReceipts[]> {
    const asked = [[...new Set(conversations)], reader, limit + 1]
    const rows = await this.#questions.again<sql.ReceiptRow>(sql.RECEIPTS, asked)
    const told = new Map<Id, Receipt[]>()
    for (const { conversation, ...receipt } of rows) {
      const receipts = told.get(conversation)
      if (receipts === undefined) told.set(conversation, [receipt])
      else receipts.push(receipt)
    }
    // One row more than fits: the last conversation may lack some of its members.
    const cut = rows.length > limit ? rows.at(-1) : undefined
    if (cut !== undefined) told.delete(cut.conversation)
    return Array.from(told, ([conversation, receipts]) => ({ conversation, receipts }))
  }

  async findUsers(query: string, limit: number): Promise<readonly User[]> {
    const question = peopleQuestion(query)
    if (question === null) return []
    const { whole, word, others } = question
    return this.#questions.again<User & pg.QueryResultRow>(sql.FIND_USERS, [
      ...[whole.low, whole.high, limit],
      ...[word?.low ?? null, word?.high ?? null, others],
    ])
  }

  /** All entries after a seq, once no transaction holds the stream any more. */
  async settledEntriesAfter(stream: StreamId, after: number): Promise<readonly StreamEntry[]> {
    await this.#questions.again(sql.AWAIT_STREAM, [stream])
    const entries: StreamEntry[] = []
    for (;;) {
      const page = await this.entriesAfter({
        stream,
        after: entries.at(-1)?.seq ?? after,
        limit: 500,
        maxBytes: 1024 * 1024,
      })
      entries.push(...page.entries)
      if (page.entries.length === 0 || (entries.at(-1)?.seq ?? 0) >= page.head) return entries
    }
  }

  /** The entries at these seqs, once no transaction holds the stream any more. */
  async settledEntriesAt(
    stream: StreamId,
    seqs: readonly number[],
  ): Promise<readonly StreamEntry[]> {
    await this.#questions.again(sql.AWAIT_STREAM, [stream])
    const rows = await this.#questions.again<sql.EntryRow>(sql.ENTRIES_AT, [stream, seqs])
    return rows.map((row) => entryOfStored(stream, row.seq, row.type, row.json))
  }
}

function pageOf(stream: StreamId, rows: readonly sql.PageRow[]): Page {
  const entries = rows.flatMap(({ seq, type, json }) =>
    seq === null ? [] : [entryOfStored(stream, seq, type, json)],
  )
  return { entries, head: rows[0]?.head ?? 0 }
}

function placeOf(reader: Id, row: sql.PlaceRow | undefined): MembershipRow | null {
  if (row === undefined || !row.place_known) return null
  return { user: reader, role: row.place_role, seq: row.place_seq }
}
