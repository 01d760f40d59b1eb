import type pg from 'pg'
import type { Id } from '../../../../protocol/model/primitives.ts'
import { usernameLooks } from '../../../domain/skeleton.ts'
import type { Migration } from '../migrate.ts'

/** Users looked at in one go: memory does not grow with how many there are. */
const AT_ONCE = 5_000

/**
 * What usernames look like, each look held by one user: see usernameLooks(). Of users who already looked alike, the one
 * who came first holds the look, and the others stay as they are.
 */
export const usernameLooksTable: Migration = {
  version: 4,
  statements: [
    `CREATE TABLE username_looks (
      look text COLLATE "C" PRIMARY KEY,
      user_id text COLLATE "C" NOT NULL
    )`,
  ],
  async run(client: pg.ClientBase): Promise<void> {
    let after = ''
    for (;;) {
      // Ids sort by the time they were made.
      const { rows } = await client.query<{ id: Id; username: string }>(
        'SELECT id, username FROM users WHERE id > $1 ORDER BY id LIMIT $2',
        [after, AT_ONCE],
      )
      const looks = rows.flatMap(({ id, username }) =>
        usernameLooks(username).map((look) => ({ look, id })),
      )
      await client.query(
        `INSERT INTO username_looks (look, user_id)
         SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
        [looks.map(({ look }) => look), looks.map(({ id }) => id)],
      )
      after = rows.at(-1)?.id ?? after
      if (rows.length < AT_ONCE) return
    }
  },
}
