import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { Relay } from '../store.ts'
import type { Statement } from './connection.ts'
import type { Questions } from './questions.ts'

const UNRELAYED: Statement = {
  name: 'unrelayed',
  text: `SELECT stream, relayed, head FROM streams WHERE behind AND relayed < head
    ORDER BY head - relayed DESC LIMIT $1`,
}

/** Locks in the order of lock-streams.ts, so that it and a commit never wait for each other. */
const MARK_RELAYED: Statement = {
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

/** How far committed events have been handed to the bus. */
export class PostgresRelay implements Relay {
  readonly #questions: Questions

  constructor(questions: Questions) {
    this.#questions = questions
  }

  unrelayed(limit: number): Promise<{ stream: StreamId; relayed: number; head: number }[]> {
    return this.#questions.again(UNRELAYED, [limit])
  }

  async markRelayed(relayed: ReadonlyMap<StreamId, number>): Promise<void> {
    if (relayed.size === 0) return
    await this.#questions.again(MARK_RELAYED, [[...relayed.keys()], [...relayed.values()]])
  }
}
