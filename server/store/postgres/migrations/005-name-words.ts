import type pg from 'pg'
import type { Id } from '../../../../protocol/model/primitives.ts'
import { peopleWords } from '../../../domain/people-search.ts'
import type { Migration } from '../migrate.ts'

/** Users looked at in one go: memory does not grow with how many there are. */
const AT_ONCE = 5_000

interface Names {
  readonly id: Id
  readonly username: string
  readonly displayName: string
}

/** The words of people's names, by which they are found: see peopleWords(). */
export const nameWordsTable: Migration = {
  version: 5,
  statements: [
    `CREATE TABLE name_words (
      word text COLLATE "C" NOT NULL,
      user_id text COLLATE "C" NOT NULL,
      PRIMARY KEY (word, user_id)
    )`,
    'CREATE UNIQUE INDEX name_words_by_user ON name_words (user_id, word)',
  ],
  async run(client: pg.ClientBase): Promise<void> {
    let after = ''
    for (;;) {
      const { rows } = await client.query<Names>(
        'SELECT id, username, display_name AS "displayName" FROM users WHERE id > $1 ORDER BY id LIMIT $2',
        [after, AT_ONCE],
      )
      const words = rows.flatMap((user) => peopleWords(user).map((word) => ({ word, id: user.id })))
      await client.query(
        'INSERT INTO name_words (word, user_id) SELECT * FROM unnest($1::text[], $2::text[])',
        [words.map(({ word }) => word), words.map(({ id }) => id)],
      )
      after = rows.at(-1)?.id ?? after
      if (rows.length < AT_ONCE) return
    }
  },
}
