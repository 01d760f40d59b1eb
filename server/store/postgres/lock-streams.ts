import type pg from 'pg'
import type { Id, StreamId } from '../../../protocol/model/primitives.ts'
import { ask, type Statement } from './connection.ts'

/** What a batch of commands will read and change, as far as the requests themselves say. */
export interface LockRequest {
  /** Conversations and user streams that are named. */
  readonly streams: ReadonlySet<StreamId>
  /** Messages that are named: their conversations are locked. */
  readonly messages: ReadonlySet<Id>
  /** Pairs of direct conversations that may exist. */
  readonly directKeys: ReadonlySet<string>
}

/** Heads of the locked streams, as they are now and stay until the transaction ends. */
export type LockedHeads = Map<StreamId, number>

/**
 * One order for everybody, by bytes, conversations before users: two transactions never wait for each other [V1].
 * A conversation's row is the one lock of all that is in it: its members, messages and reactions are only ever changed
 * by a transaction that holds it, so no further row needs a lock.
 */
export const LOCK: Statement = {
  name: 'lock_streams',
  text: `
    WITH wanted AS (
      SELECT unnest($1::text[]) COLLATE "C" AS stream
      UNION SELECT conversation FROM messages WHERE id = ANY ($2::text[])
      UNION SELECT id FROM conversations WHERE direct_key = ANY ($3::text[])
    )
    SELECT s.stream, s.head FROM wanted JOIN streams s USING (stream)
    ORDER BY s.stream LIKE 'user:%', s.stream FOR UPDATE OF s`,
}

/** Locks the streams that exist, until the end of the transaction. */
export async function lockStreams(
  client: pg.ClientBase,
  request: LockRequest,
): Promise<LockedHeads> {
  const rows = await ask<{ stream: StreamId; head: number }>(client, LOCK, [
    [...request.streams],
    [...request.messages],
    [...request.directKeys],
  ])
  return new Map(rows.map((row) => [row.stream, row.head]))
}
