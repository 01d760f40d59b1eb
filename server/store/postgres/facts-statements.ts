import type { ConversationKind, Role } from '../../../protocol/model/conversation.ts'
import type { Id, StreamId } from '../../../protocol/model/primitives.ts'
import type { ChangeOp } from '../../domain/command.ts'
import type { MessageRow } from '../../domain/rows.ts'
import type { Statement } from './connection.ts'

/**
 * The statements that read facts. They run after the streams are locked, in snapshots of their own, so that they see
 * what was committed while the lock was waited for.
 */

/** Of a command: who asks, by which key, about what. One row comes back for each, in order. */
const GIVEN = `unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])
  WITH ORDINALITY AS g (actor, key, after, conversation, message, reply_to, person, place)`

const OF_CONVERSATION = `
  c.id AS conversation, c.kind, c.title, c.members, c.owners,
  m.user_id IS NOT NULL AS actor_known, m.role AS actor_role, m.seq AS actor_seq,
  k.op AS prior_op, k.fingerprint AS prior_fingerprint, k.reply AS prior_reply, e.json AS prior_created,
  k.created_stream AS prior_stream, k.created_seq AS prior_seq,
  a.key IS NOT NULL AS after_applied`

const JOIN_CONVERSATION = `
  LEFT JOIN memberships m ON m.conversation = c.id AND m.user_id = g.actor
  LEFT JOIN keys k ON k.user_id = g.actor AND k.key = g.key
  LEFT JOIN events e ON e.stream = k.created_stream AND e.seq = k.created_seq
  LEFT JOIN keys a ON a.user_id = g.actor AND a.key = g.after`

/** What every op in a conversation is decided on. */
export interface ConversationFactsRow {
  readonly conversation: Id | null
  readonly kind: ConversationKind
  readonly title: string | null
  readonly members: number
  readonly owners: number
  readonly actor_known: boolean
  readonly actor_role: Role | null
  readonly actor_seq: number
  readonly prior_op: ChangeOp | null
  readonly prior_fingerprint: Uint8Array
  readonly prior_reply: string | null
  readonly prior_created: string | null
  readonly prior_stream: StreamId | null
  readonly prior_seq: number | null
  readonly after_applied: boolean
}

export interface SendFactsRow extends ConversationFactsRow {
  readonly replied_conversation: Id | null
}

/** Slim, because nearly all commands are these. */
export const SEND_FACTS: Statement = {
  name: 'send_facts',
  text: `SELECT ${OF_CONVERSATION}, r.conversation AS replied_conversation
    FROM ${GIVEN} LEFT JOIN conversations c ON c.id = g.conversation ${JOIN_CONVERSATION}
    LEFT JOIN messages r ON r.id = g.reply_to
    ORDER BY g.place`,
}

/** The columns of a message as a MessageRow has them, each with a prefix. */
export function messageColumns(alias: string, prefix: string): string {
  const columns: Record<keyof MessageRow, string> = {
    id: 'id',
    conversation: 'conversation',
    seq: 'seq',
    author: 'author',
    key: 'key',
    body: 'body',
    version: 'version',
    createdAt: 'created_at',
    editedAt: 'edited_at',
    deletedAt: 'deleted_at',
    deletedSeq: 'deleted_seq',
    replyTo: 'reply_to',
  }
  return Object.entries(columns)
    .map(([field, column]) => `${alias}.${column} AS "${prefix}${field}"`)
    .join(', ')
}

/** A message among other columns. All of it is null when there is none: see `message_known`. */
type PrefixedMessage = { readonly [F in keyof MessageRow as `message_${F}`]: MessageRow[F] }

/** The message of a row, or null. */
export function messageOf(row: FactsRow): MessageRow | null {
  if (row.message_known === false) return null
  return {
    id: row.message_id,
    conversation: row.message_conversation,
    seq: row.message_seq,
    author: row.message_author,
    key: row.message_key,
    body: row.message_body,
    version: row.message_version,
    createdAt: row.message_createdAt,
    editedAt: row.message_editedAt,
    deletedAt: row.message_deletedAt,
    deletedSeq: row.message_deletedSeq,
    replyTo: row.message_replyTo,
  }
}

export interface FactsRow extends SendFactsRow, PrefixedMessage {
  readonly joined: number | null
  readonly delivered_up_to: number | null
  readonly read_up_to: number | null
  readonly message_known: boolean
  readonly person_known: boolean
  readonly person_username: string
  readonly person_display_name: string
  readonly target_known: boolean
  readonly target_role: Role | null
  readonly target_seq: number
}

/** The facts of a command of any op: about a conversation, a message, a person in a conversation. */
export const FACTS: Statement = {
  name: 'facts',
  text: `SELECT ${OF_CONVERSATION}, r.conversation AS replied_conversation,
      m.joined, m.delivered_up_to, m.read_up_to,
      msg.id IS NOT NULL AS message_known, ${messageColumns('msg', 'message_')},
      p.id IS NOT NULL AS person_known, p.username AS person_username, p.display_name AS person_display_name,
      t.user_id IS NOT NULL AS target_known, t.role AS target_role, t.seq AS target_seq
    FROM ${GIVEN}
    LEFT JOIN messages msg ON msg.id = g.message
    LEFT JOIN conversations c ON c.id = coalesce(g.conversation, msg.conversation) ${JOIN_CONVERSATION}
    LEFT JOIN messages r ON r.id = g.reply_to
    LEFT JOIN users p ON p.id = g.person
    LEFT JOIN memberships t ON t.conversation = c.id AND t.user_id = g.person
    ORDER BY g.place`,
}

/** Reactions of messages, in the order they were made. */
export const REACTIONS: Statement = {
  name: 'reactions',
  text: `SELECT message, emoji, user_id AS "user" FROM reactions
    WHERE message = ANY ($1::text[]) ORDER BY message, seq`,
}

/** What a reaction meets: counted there, because a message may have thousands. */
export const REACTION_FACTS: Statement = {
  name: 'reaction_facts',
  text: `SELECT
      EXISTS (SELECT FROM reactions r WHERE r.message = g.message AND r.emoji = g.emoji AND r.user_id = g.actor) AS present,
      EXISTS (SELECT FROM reactions r WHERE r.message = g.message AND r.emoji = g.emoji) AS known,
      (SELECT count(DISTINCT r.emoji) FROM reactions r WHERE r.message = g.message) AS emojis
    FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS g (message, emoji, actor, place)
    ORDER BY g.place`,
}

/** The stored events that hold a body of these messages. */
export const BODIES: Statement = {
  name: 'bodies',
  text: `SELECT m.id AS message, e.seq, e.json FROM messages m
      JOIN events e ON e.stream = m.conversation AND e.seq = m.seq WHERE m.id = ANY ($1::text[])
    UNION ALL
    SELECT e.message, e.seq, e.json FROM events e
      WHERE e.message = ANY ($1::text[]) AND e.type = 'message.edited'
    ORDER BY seq`,
}

/** The direct conversation of a pair. */
export const DIRECT_CONVERSATION: Statement = {
  name: 'direct_conversation',
  text: 'SELECT id, kind, title, members, owners FROM conversations WHERE direct_key = $1',
}

/** Members as they are now, with their profiles, of a conversation. */
export const MEMBERS: Statement = {
  name: 'members',
  text: `SELECT u.id, u.username, u.display_name, m.role FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.conversation = $1 AND m.role IS NOT NULL ORDER BY m.seq, m.user_id`,
}

export const USERS: Statement = {
  name: 'users',
  text: 'SELECT id, username, display_name FROM users WHERE id = ANY ($1::text[])',
}
