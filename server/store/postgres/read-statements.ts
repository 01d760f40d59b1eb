import type { ConversationKind, Role } from '../../../protocol/model/conversation.ts'
import type { Id, StreamId } from '../../../protocol/model/primitives.ts'
import type { Receipt } from '../../../protocol/model/receipt.ts'
import { MAX_PEOPLE_RANKED, MAX_WORDS_READ } from '../../domain/people-search.ts'
import type { MessageRow } from '../../domain/rows.ts'
import type { Statement } from './connection.ts'
import { messageColumns } from './facts-statements.ts'

export interface HeadRow {
  readonly stream: StreamId
  readonly head: number
}

export const READABLE_HEADS: Statement = {
  name: 'readable_heads',
  text: `SELECT s.stream, s.head FROM memberships m JOIN streams s ON s.stream = m.conversation
      WHERE m.user_id = $1 AND m.role IS NOT NULL
    UNION ALL SELECT stream, head FROM streams WHERE stream = $2`,
}

export const HEADS: Statement = {
  name: 'heads',
  text: 'SELECT stream, head FROM streams WHERE stream = ANY ($1::text[])',
}

export const IS_MEMBER: Statement = {
  name: 'is_member',
  text: 'SELECT FROM memberships WHERE conversation = $1 AND user_id = $2 AND role IS NOT NULL',
}

export interface EntryRow {
  readonly seq: number
  readonly type: string
  readonly json: string
}

/** A row of a page; `seq` is null in the only row of a page without entries. */
export type PageRow =
  | (EntryRow & { readonly head: number })
  | { readonly seq: null; readonly type: null; readonly json: null; readonly head: number }

/** Entries after $2, at most $3, and none after those that hold $4 bytes. */
const ENTRIES = `LATERAL (
    SELECT seq, type, json FROM (
      SELECT seq, type, json, sum(octet_length(json)) OVER (ORDER BY seq) - octet_length(json) AS bytes_before
      FROM events WHERE stream = s.stream AND seq > $2 ORDER BY seq LIMIT $3
    ) AS counted WHERE bytes_before < $4
  ) AS e ON true`

export const PAGE: Statement = {
  name: 'page',
  text: `SELECT s.head, e.seq, e.type, e.json FROM streams s LEFT JOIN ${ENTRIES}
    WHERE s.stream = $1 ORDER BY e.seq`,
}

/** The asker's place in the conversation that is asked for, on every row. */
export interface PlaceRow {
  readonly conversation: Id | null
  readonly place_known: boolean
  readonly place_role: Role | null
  readonly place_seq: number
}

const PLACE =
  'c.id AS conversation, p.user_id IS NOT NULL AS place_known, p.role AS place_role, p.seq AS place_seq'

export const READER_PAGE: Statement = {
  name: 'reader_page',
  text: `SELECT ${PLACE}, s.head, e.seq, e.type, e.json FROM streams s
    LEFT JOIN conversations c ON c.id = s.stream
    LEFT JOIN memberships p ON p.conversation = s.stream AND p.user_id = $5
    LEFT JOIN ${ENTRIES}
    WHERE s.stream = $1 ORDER BY e.seq`,
}

/** A message as one column, and its reactions as pairs of emoji and user; null for none. */
export interface HistoryRow {
  readonly message: MessageRow | null
  readonly reactions: readonly (readonly [string, Id])[] | null
}

export const HISTORY: Statement = {
  name: 'history',
  text: `SELECT ${PLACE}, row_to_json(msg) AS message, (
      SELECT json_agg(json_build_array(r.emoji, r.user_id) ORDER BY r.seq) FROM reactions r WHERE r.message = msg.id
    ) AS reactions
    FROM conversations c
    LEFT JOIN memberships p ON p.conversation = c.id AND p.user_id = $5
    LEFT JOIN LATERAL (
      SELECT ${messageColumns('counted', '')} FROM (
        SELECT m.*, sum(coalesce(octet_length(m.body), 0)) OVER (ORDER BY m.seq DESC)
          - coalesce(octet_length(m.body), 0) AS bytes_before
        FROM messages m WHERE m.conversation = c.id AND m.seq < $2 ORDER BY m.seq DESC LIMIT $3
      ) AS counted WHERE bytes_before < $4
    ) AS msg ON true
    WHERE c.id = $1 ORDER BY msg.seq DESC`,
}

export interface ConversationRow {
  readonly kind: ConversationKind
  readonly title: string | null
  readonly id: Id
  readonly username: string
  readonly display_name: string
  readonly role: Role
}

/** A conversation, once for each of its members. */
export const CONVERSATION: Statement = {
  name: 'conversation',
  text: `SELECT ${PLACE}, c.kind, c.title, u.id, u.username, u.display_name, m.role
    FROM conversations c
    LEFT JOIN memberships p ON p.conversation = c.id AND p.user_id = $2
    LEFT JOIN (memberships m JOIN users u ON u.id = m.user_id) ON m.conversation = c.id AND m.role IS NOT NULL
    WHERE c.id = $1 ORDER BY m.seq, u.id`,
}

export interface ReceiptRow extends Receipt {
  readonly conversation: Id
}

/** Marks of the members of conversations, in the order given, as far as the asker is a member. */
export const RECEIPTS: Statement = {
  name: 'receipts',
  text: `SELECT m.conversation, m.user_id AS "user", m.joined,
      greatest(m.delivered_up_to, m.read_up_to) AS delivered, m.read_up_to AS read
    FROM unnest($1::text[]) WITH ORDINALITY AS g (conversation, place)
    JOIN memberships p ON p.conversation = g.conversation AND p.user_id = $2 AND p.role IS NOT NULL
    JOIN memberships m ON m.conversation = p.conversation AND m.role IS NOT NULL
    ORDER BY g.place, m.user_id LIMIT $3`,
}

/**
 * People by their names, exact usernames first. However many there are: at most so many index entries are looked at,
 * those of the exact word first, and at most so many people put in order.
 */
export const FIND_USERS: Statement = {
  name: 'find_users',
  text: `SELECT u.id, u.username, u.display_name AS "displayName" FROM (
      SELECT id, min(rank) AS rank FROM (
        (SELECT id, CASE WHEN username_key = $1 THEN 0 ELSE 1 END AS rank
          FROM users WHERE username_key >= $1 AND username_key < $2 ORDER BY username_key LIMIT $3)
        UNION ALL
        (SELECT id, 2 AS rank
          FROM users WHERE display_key >= $1 AND display_key < $2 ORDER BY display_key, id LIMIT $3)
        UNION ALL
        (SELECT user_id AS id, 3 AS rank FROM (
            SELECT word, user_id FROM name_words WHERE word >= $4 AND word < $5 ORDER BY word, user_id LIMIT ${MAX_WORDS_READ}
          ) AS named WHERE NOT EXISTS (
            SELECT FROM unnest($6::text[]) AS other WHERE NOT EXISTS (
              SELECT FROM name_words AS w WHERE w.user_id = named.user_id
                AND w.word >= other COLLATE "C" AND w.word < other || chr(1114111) COLLATE "C")
          ) GROUP BY user_id ORDER BY min(word COLLATE "C"), user_id LIMIT ${MAX_PEOPLE_RANKED})
      ) AS found GROUP BY id
    ) AS f JOIN users AS u ON u.id = f.id ORDER BY f.rank, u.username_key LIMIT $3`,
}

/** Waits until no transaction holds the stream; what such a one wrote is then there to be read. */
export const AWAIT_STREAM: Statement = {
  name: 'await_stream',
  text: 'SELECT FROM streams WHERE stream = $1 FOR UPDATE',
}

export const ENTRIES_AT: Statement = {
  name: 'entries_at',
  text: `SELECT seq, type, json FROM events WHERE stream = $1 AND seq = ANY ($2::bigint[]) ORDER BY seq`,
}
