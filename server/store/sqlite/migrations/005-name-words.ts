import type Database from 'better-sqlite3'
import type { Id } from '../../../../protocol/model/primitives.ts'
import { peopleWords } from '../../../domain/people-search.ts'
import type { Migration } from '../migrate.ts'

/** The words of people's names, by which they are found: see peopleWords(). */
export const nameWordsTable: Migration = {
  version: 5,
  sql: `
    CREATE TABLE name_words (word TEXT, user TEXT, PRIMARY KEY (word, user)) WITHOUT ROWID;
    CREATE UNIQUE INDEX name_words_by_user ON name_words (user, word);
  `,
  run(database: Database.Database): void {
    const users = database.prepare<[], { id: Id; username: string; displayName: string }>(
      'SELECT id, username, display_name AS displayName FROM users',
    )
    const insert = database.prepare<[string, Id]>(
      'INSERT INTO name_words (word, user) VALUES (?, ?)',
    )
    for (const user of users.all()) {
      for (const word of peopleWords(user)) insert.run(word, user.id)
    }
  },
}
