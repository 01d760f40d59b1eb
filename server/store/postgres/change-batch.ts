import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { Change } from '../../domain/change.ts'
import { type CommittedStream, entryOfEvent, type StreamEntry } from '../../domain/stream-entry.ts'
import type { AcknowledgedEvent } from './acknowledged.ts'
import * as sql from './change-statements.ts'
import type { Statement } from './connection.ts'

/** A prepared statement with the values of all rows that it writes. */
export interface Write {
  readonly statement: Statement
  readonly values: readonly unknown[]
}

/** A stream that a transaction touched. */
export interface TouchedStream {
  readonly stream: StreamId
  /** Its head before; null when nothing was appended. */
  readonly headBefore: number | null
  /** The older events whose JSON was replaced. */
  readonly rewritten: readonly number[]
}

/**
 * The changes of several commands, gathered until all are decided and then written by one statement for each kind of
 * change, however many rows it has. Nothing is written before, so that a refusal or a failure of one command leaves no
 * trace in its neighbours.
 */
export class ChangeBatch {
  readonly #changes: Change[] = []
  readonly #streams = new Map<StreamId, { entries: StreamEntry[]; rewritten: StreamEntry[] }>()

  /** Adds the changes of one command, in order. */
  add(changes: readonly Change[]): void {
    for (const change of changes) {
      this.#changes.push(change)
      if (change.type === 'event.append') {
        this.#stream(change.stream).entries.push(entryOfEvent(change.stream, change.event))
      } else if (change.type === 'event.rewrite') {
        this.#stream(change.stream).rewritten.push({ seq: change.seq, json: change.json })
      }
    }
  }

  #of<T extends Change['type']>(type: T): Extract<Change, { type: T }>[] {
    return this.#changes.filter((change): change is Extract<Change, { type: T }> => {
      return change.type === type
    })
  }

  #stream(stream: StreamId): { entries: StreamEntry[]; rewritten: StreamEntry[] } {
    let known = this.#streams.get(stream)
    if (known === undefined) {
      known = { entries: [], rewritten: [] }
      this.#streams.set(stream, known)
    }
    return known
  }

  get empty(): boolean {
    return this.#changes.length === 0
  }

  /** What listeners are told once this is committed. */
  committed(): CommittedStream[] {
    return Array.from(this.#streams, ([stream, { entries, rewritten }]) => ({
      stream,
      entries,
      rewritten,
    }))
  }

  /** What has to be found again after this is committed. */
  appended(): AcknowledgedEvent[] {
    return this.#of('event.append').map(({ stream, at, event }) => ({
      stream,
      seq: event.seq,
      at,
      type: event.type,
    }))
  }

  /** The streams that would move or be rewritten, as they were before. */
  touched(): TouchedStream[] {
    return Array.from(this.#streams, ([stream, { entries, rewritten }]) => ({
      stream,
      headBefore: entries[0] === undefined ? null : entries[0].seq - 1,
      rewritten: rewritten.map((entry) => entry.seq),
    }))
  }

  /** The statements to run, in an order that satisfies every reference between tables. */
  writes(): Write[] {
    return [
      ...this.#conversations(),
      ...this.#messages(),
      ...this.#reactions(),
      ...this.#events(),
      ...this.#rest(),
    ]
  }

  #conversations(): Write[] {
    const inserts = this.#of('conversation.insert')
    const renames = this.#of('conversation.rename')
    const memberships = this.#of('membership.put')
    return [
      ...write(sql.INSERT_STREAMS, inserts, (row) => [row.id]),
      ...write(sql.INSERT_CONVERSATIONS, inserts, (row) => [
        row.id,
        row.kind,
        row.title,
        row.directKey,
        row.at,
      ]),
      ...write(sql.RENAME_CONVERSATIONS, renames, (row) => [row.id, row.title]),
      ...write(sql.PUT_MEMBERSHIPS, memberships, (row) => [
        row.conversation,
        row.user,
        row.role,
        row.seq,
      ]),
      ...write(
        sql.COUNT_MEMBERS,
        [...new Set(memberships.map((row) => row.conversation))],
        (conversation) => [conversation],
      ),
    ]
  }

  #messages(): Write[] {
    const erased = this.#of('message.erase')
    return [
      ...write(sql.INSERT_MESSAGES, this.#of('message.insert'), ({ row }) => [
        row.id,
        row.conversation,
        row.seq,
        row.author,
        row.key,
        row.body,
        row.version,
        row.createdAt,
        row.editedAt,
        row.deletedAt,
        row.deletedSeq,
        row.replyTo,
      ]),
      ...write(sql.EDIT_MESSAGES, this.#of('message.edit'), (row) => [
        row.id,
        row.body,
        row.version,
        row.editedAt,
      ]),
      ...write(sql.ERASE_MESSAGES, erased, (row) => [
        row.id,
        row.version,
        row.deletedAt,
        row.deletedSeq,
      ]),
      ...write(sql.ERASE_REACTIONS, erased, (row) => [row.id]),
    ]
  }

  #reactions(): Write[] {
    return [
      ...write(sql.PUT_REACTIONS, this.#of('reaction.put'), (row) => [
        row.message,
        row.emoji,
        row.user,
        row.seq,
      ]),
      ...write(sql.DROP_REACTIONS, this.#of('reaction.drop'), (row) => [
        row.message,
        row.emoji,
        row.user,
      ]),
    ]
  }

  #events(): Write[] {
    const json = new Map<string, string>()
    const heads: { stream: StreamId; head: number }[] = []
    for (const [stream, { entries }] of this.#streams) {
      for (const entry of entries) json.set(`${stream} ${entry.seq}`, entry.json)
      const last = entries.at(-1)
      if (last !== undefined) heads.push({ stream, head: last.seq })
    }
    return [
      ...write(sql.INSERT_EVENTS, this.#of('event.append'), ({ stream, at, message, event }) => [
        stream,
        event.seq,
        at,
        event.type,
        message,
        json.get(`${stream} ${event.seq}`),
      ]),
      ...write(sql.REWRITE_EVENTS, this.#of('event.rewrite'), (row) => [
        row.stream,
        row.seq,
        row.json,
      ]),
      ...write(sql.MOVE_HEADS, heads, (row) => [row.stream, row.head]),
    ]
  }

  #rest(): Write[] {
    return [
      ...write(sql.SET_READ, this.#of('read.set'), (row) => [row.conversation, row.user, row.upTo]),
      ...write(sql.SET_DELIVERED, this.#of('delivered.set'), (row) => [
        row.conversation,
        row.user,
        row.upTo,
      ]),
      ...write(sql.RECORD_KEYS, this.#of('key.record'), (row) => [
        row.user,
        row.key,
        row.op,
        row.fingerprint,
        row.reply,
        row.created?.stream ?? null,
        row.created?.seq ?? null,
      ]),
    ]
  }
}

/** No statement for no rows; else one, whose n-th value is the array of every row's n-th column. */
function write<Row>(
  statement: Statement,
  rows: readonly Row[],
  columnsOf: (row: Row) => readonly unknown[],
): Write[] {
  if (rows.length === 0) return []
  const values: unknown[][] = []
  for (const row of rows) {
    columnsOf(row).forEach((value, column) => {
      const list = values[column]
      if (list === undefined) values[column] = [value]
      else list.push(value)
    })
  }
  return [{ statement, values }]
}
