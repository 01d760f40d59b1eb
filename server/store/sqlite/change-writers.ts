import type Database from 'better-sqlite3'
import { userStream } from '../../../protocol/model/primitives.ts'
import type { Change } from '../../domain/change.ts'
import { entryOfEvent, type StreamEntry } from '../../domain/stream-entry.ts'
import { keyBytes } from './key-bytes.ts'
import type { StreamNumbers } from './stream-numbers.ts'

/** What the changes did to streams, gathered over one transaction. */
export interface StreamSink {
  appended(stream: string, entry: StreamEntry): void
  rewritten(stream: string, entry: StreamEntry): void
}

type Writers = {
  readonly [T in Change['type']]: (
    change: Extract<Change, { type: T }>,
    sink: StreamSink,
  ) => unknown
}

/** Writes the changes of a decision, each by one or two statements. Called inside the transaction that decided. */
export function createChangeWriter(
  db: Database.Database,
  numbers: StreamNumbers,
): (changes: readonly Change[], sink: StreamSink) => void {
  // The head is compared as well: a number that is not the next one would be a gap or a repeat for ever [V2].
  const moveHead = db.prepare<[number, number, number]>(
    'UPDATE streams SET head = ? WHERE n = ? AND head = ?',
  )
  const insertEvent = db.prepare<[number, number, string, string]>(
    'INSERT INTO events (stream, seq, type, data) VALUES (?, ?, ?, ?)',
  )
  const rewriteEvent = db.prepare<[string, number, number]>(
    'UPDATE events SET data = ? WHERE stream = ? AND seq = ?',
  )
  const insertMessage = db.prepare<[string, number, number, string, number, number]>(
    `INSERT INTO messages (id, stream, seq, author, version, created_at)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const editMessage = db.prepare<[string, number, number, string]>(
    'UPDATE messages SET edited_body = ?, version = ?, edited_at = ? WHERE id = ?',
  )
  const insertEdit = db.prepare<[string, number]>(
    'INSERT INTO message_edits (message, seq) VALUES (?, ?)',
  )
  const eraseMessage = db.prepare<[number, number, number, string]>(
    'UPDATE messages SET edited_body = NULL, version = ?, deleted_at = ?, deleted_seq = ? WHERE id = ?',
  )
  const dropReactions = db.prepare<[string]>('DELETE FROM reactions WHERE message = ?')
  const putReaction = db.prepare<[string, string, string, number]>(
    'INSERT INTO reactions (message, emoji, user, seq) VALUES (?, ?, ?, ?)',
  )
  const dropReaction = db.prepare<[string, string, string]>(
    'DELETE FROM reactions WHERE message = ? AND emoji = ? AND user = ?',
  )
  const insertStream = db.prepare<[string]>('INSERT INTO streams (id) VALUES (?)')
  const insertConversation = db.prepare<[string, string, string | null, string | null, number]>(
    'INSERT INTO conversations (id, kind, title, direct_key, created_at) VALUES (?, ?, ?, ?, ?)',
  )
  const renameConversation = db.prepare<[string, string]>(
    'UPDATE conversations SET title = ? WHERE id = ?',
  )
  const roleOf = db
    .prepare<[string, string], string | null>(
      'SELECT role FROM memberships WHERE conversation = ? AND user = ?',
    )
    .pluck()
  const putMembership = db.prepare<[string, string, string | null, number, number]>(
    `INSERT INTO memberships (conversation, user, role, seq, joined) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (conversation, user) DO UPDATE SET role = excluded.role, seq = excluded.seq,
       joined = CASE WHEN role IS NULL THEN excluded.joined ELSE joined END`,
  )
  const countMembers = db.prepare<[number, number, string]>(
    'UPDATE conversations SET members = members + ?, owners = owners + ? WHERE id = ?',
  )
  const setRead = db.prepare<[number, string, string]>(
    'UPDATE memberships SET read_up_to = ? WHERE conversation = ? AND user = ?',
  )
  const setDelivered = db.prepare<[number, string, string]>(
    'UPDATE memberships SET delivered_up_to = ? WHERE conversation = ? AND user = ?',
  )
  const insertKey = db.prepare<[number, Uint8Array, string, Uint8Array, string | null]>(
    'INSERT INTO keys (user, key, op, fingerprint, reply) VALUES (?, ?, ?, ?, ?)',
  )
  const insertSendKey = db.prepare<[number, Uint8Array, string, Uint8Array, number, number]>(
    'INSERT INTO keys (user, key, op, fingerprint, stream, seq) VALUES (?, ?, ?, ?, ?, ?)',
  )

  const writers: Writers = {
    'event.append': ({ stream, event }, sink) => {
      const entry = entryOfEvent(stream, event)
      const n = numbers.of(stream)
      if (moveHead.run(event.seq, n, event.seq - 1).changes !== 1) {
        throw new Error(`event ${event.seq} is not the next one of its stream`)
      }
      insertEvent.run(n, event.seq, event.type, entry.json)
      sink.appended(stream, entry)
    },
    'event.rewrite': ({ stream, seq, json }, sink) => {
      rewriteEvent.run(json, numbers.of(stream), seq)
      sink.rewritten(stream, { seq, json })
    },
    'message.insert': ({ row }) =>
      insertMessage.run(
        row.id,
        numbers.of(row.conversation),
        row.seq,
        row.author,
        row.version,
        row.createdAt,
      ),
    'message.edit': ({ id, seq, body, version, editedAt }) => {
      editMessage.run(body, version, editedAt, id)
      insertEdit.run(id, seq)
    },
    'message.erase': ({ id, version, deletedAt, deletedSeq }) => {
      eraseMessage.run(version, deletedAt, deletedSeq, id)
      dropReactions.run(id)
    },
    'reaction.put': ({ message, emoji, user, seq }) => putReaction.run(message, emoji, user, seq),
    'reaction.drop': ({ message, emoji, user }) => dropReaction.run(message, emoji, user),
    'conversation.insert': ({ id, kind, title, directKey, at }) => {
      insertStream.run(id)
      insertConversation.run(id, kind, title, directKey, at)
    },
    'conversation.rename': ({ id, title }) => renameConversation.run(title, id),
    'membership.put': ({ conversation, user, role, seq }) => {
      const before = roleOf.get(conversation, user) ?? null
      putMembership.run(conversation, user, role, seq, seq)
      countMembers.run(
        Number(role !== null) - Number(before !== null),
        Number(role === 'owner') - Number(before === 'owner'),
        conversation,
      )
    },
    'read.set': ({ conversation, user, upTo }) => setRead.run(upTo, conversation, user),
    'delivered.set': ({ conversation, user, upTo }) => setDelivered.run(upTo, conversation, user),
    'key.record': ({ user, key, op, fingerprint, reply, created }) =>
      created === null
        ? insertKey.run(numbers.of(userStream(user)), keyBytes(key), op, fingerprint, reply)
        : insertSendKey.run(
            numbers.of(userStream(user)),
            keyBytes(key),
            op,
            fingerprint,
            numbers.of(created.stream),
            created.seq,
          ),
  }

  function write<T extends Change['type']>(
    change: Extract<Change, { type: T }>,
    sink: StreamSink,
  ): void {
    const writer: Writers[T] = writers[change.type as T]
    writer(change, sink)
  }
  return (changes, sink) => {
    for (const change of changes) write(change, sink)
  }
}
