import type { Statement } from './connection.ts'

/** The statements that write changes. Each takes one array a column and writes all its rows at once. */

/** A conversation's own stream; its head moves with its first event. */
export const INSERT_STREAMS: Statement = {
  name: 'insert_streams',
  text: 'INSERT INTO streams (stream) SELECT * FROM unnest($1::text[])',
}

export const INSERT_CONVERSATIONS: Statement = {
  name: 'insert_conversations',
  text: `INSERT INTO conversations (id, kind, title, direct_key, created_at)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[])`,
}

export const RENAME_CONVERSATIONS: Statement = {
  name: 'rename_conversations',
  text: `UPDATE conversations c SET title = v.title
    FROM unnest($1::text[], $2::text[]) AS v (id, title) WHERE c.id = v.id`,
}

export const PUT_MEMBERSHIPS: Statement = {
  name: 'put_memberships',
  text: `INSERT INTO memberships AS m (conversation, user_id, role, seq, joined)
    SELECT v.*, v.seq FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS v (conversation, user_id, role, seq)
    ON CONFLICT (conversation, user_id) DO UPDATE SET role = excluded.role, seq = excluded.seq,
      joined = CASE WHEN m.role IS NULL THEN excluded.joined ELSE m.joined END`,
}

/** Counts afresh what every later decision reads: a change of members is rare, a question for their number is not. */
export const COUNT_MEMBERS: Statement = {
  name: 'count_members',
  text: `UPDATE conversations c SET members = n.members, owners = n.owners
    FROM unnest($1::text[]) AS v (id), LATERAL (
      SELECT count(*) AS members, count(*) FILTER (WHERE role = 'owner') AS owners
      FROM memberships m WHERE m.conversation = v.id AND m.role IS NOT NULL
    ) n WHERE c.id = v.id`,
}

export const INSERT_MESSAGES: Statement = {
  name: 'insert_messages',
  text: `INSERT INTO messages (id, conversation, seq, author, key, body, version,
      created_at, edited_at, deleted_at, deleted_seq, reply_to)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::int[],
      $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])`,
}

export const EDIT_MESSAGES: Statement = {
  name: 'edit_messages',
  text: `UPDATE messages m SET body = v.body, version = v.version, edited_at = v.edited_at
    FROM unnest($1::text[], $2::text[], $3::int[], $4::bigint[]) AS v (id, body, version, edited_at)
    WHERE m.id = v.id`,
}

export const ERASE_MESSAGES: Statement = {
  name: 'erase_messages',
  text: `UPDATE messages m SET body = NULL, version = v.version, deleted_at = v.deleted_at,
      deleted_seq = v.deleted_seq
    FROM unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) AS v (id, version, deleted_at, deleted_seq)
    WHERE m.id = v.id`,
}

export const ERASE_REACTIONS: Statement = {
  name: 'erase_reactions',
  text: 'DELETE FROM reactions WHERE message = ANY ($1::text[])',
}

export const PUT_REACTIONS: Statement = {
  name: 'put_reactions',
  text: `INSERT INTO reactions (message, emoji, user_id, seq)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])`,
}

export const DROP_REACTIONS: Statement = {
  name: 'drop_reactions',
  text: `DELETE FROM reactions r USING unnest($1::text[], $2::text[], $3::text[]) AS v (message, emoji, user_id)
    WHERE r.message = v.message AND r.emoji = v.emoji AND r.user_id = v.user_id`,
}

export const INSERT_EVENTS: Statement = {
  name: 'insert_events',
  text: `INSERT INTO events (stream, seq, at, type, message, json)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])`,
}

export const REWRITE_EVENTS: Statement = {
  name: 'rewrite_events',
  text: `UPDATE events e SET json = v.json
    FROM unnest($1::text[], $2::bigint[], $3::text[]) AS v (stream, seq, json)
    WHERE e.stream = v.stream AND e.seq = v.seq`,
}

/** `behind` is written only when it changes, so that an ordinary move touches no index. */
export const MOVE_HEADS: Statement = {
  name: 'move_heads',
  text: `UPDATE streams s SET head = v.head, behind = true
    FROM unnest($1::text[], $2::bigint[]) AS v (stream, head) WHERE s.stream = v.stream`,
}

export const SET_READ: Statement = {
  name: 'set_read',
  text: `UPDATE memberships m SET read_up_to = v.up_to
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS v (conversation, user_id, up_to)
    WHERE m.conversation = v.conversation AND m.user_id = v.user_id`,
}

export const SET_DELIVERED: Statement = {
  name: 'set_delivered',
  text: `UPDATE memberships m SET delivered_up_to = v.up_to
    FROM unnest($1::text[], $2::text[], $3::bigint[]) AS v (conversation, user_id, up_to)
    WHERE m.conversation = v.conversation AND m.user_id = v.user_id`,
}

/** A key that is there already ends the transaction: the twin that came first is answered with on the next run [V4]. */
export const RECORD_KEYS: Statement = {
  name: 'record_keys',
  text: `INSERT INTO keys (user_id, key, op, fingerprint, reply, created_stream, created_seq)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::bigint[])`,
}
