import type { Statement } from './connection.ts'

/** Streams with events that were not handed on, longest behind first. */
export const UNRELAYED: Statement = {
  name: 'unrelayed',
  text: `SELECT stream, relayed, head FROM streams WHERE behind AND relayed < head
    ORDER BY head - relayed DESC LIMIT $1`,
}

/** Locks in the order of lock-streams.ts, so that it and a commit never wait for each other. */
export const MARK_RELAYED: Statement = {
  name: 'mark_relayed',
  text: `WITH given AS (SELECT * FROM unnest($1::text[], $2::bigint[]) AS g (stream, relayed)),
    locked AS (
      SELECT s.stream FROM given JOIN streams s USING (stream)
      ORDER BY s.stream LIKE 'user:%', s.stream FOR UPDATE OF s
    )
    UPDATE streams s SET
      relayed = greatest(s.relayed, least(s.head, g.relayed)),
      behind = s.head > greatest(s.relayed, least(s.head, g.relayed))
    FROM given g JOIN locked USING (stream) WHERE s.stream = g.stream`,
}
