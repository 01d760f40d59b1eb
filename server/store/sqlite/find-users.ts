import type Database from 'better-sqlite3'
import type { User } from '../../../protocol/model/user.ts'
import {
  MAX_PEOPLE_RANKED,
  MAX_WORDS_READ,
  type PeopleQuestion,
} from '../../domain/people-search.ts'

interface Asked {
  readonly low: string
  readonly high: string
  readonly word: string | null
  readonly wordHigh: string | null
  readonly others: string
  readonly limit: number
}

/**
 * Finds people by their names, exact usernames first. However many there are: at most so many index entries are looked
 * at, those of the exact word first, and at most so many people put in order.
 */
export function prepareFindUsers(
  db: Database.Database,
): (question: PeopleQuestion, limit: number) => User[] {
  const statement = db.prepare<Asked, User>(
    `SELECT u.id, u.username, u.display_name AS displayName FROM (
       SELECT id, min(rank) AS rank FROM (
         SELECT * FROM (SELECT id, CASE WHEN username_key = $low THEN 0 ELSE 1 END AS rank FROM users
           WHERE username_key >= $low AND username_key < $high ORDER BY username_key LIMIT $limit)
         UNION ALL
         SELECT * FROM (SELECT id, 2 AS rank FROM users
           WHERE display_key >= $low AND display_key < $high ORDER BY display_key, id LIMIT $limit)
         UNION ALL
         SELECT * FROM (SELECT user AS id, 3 AS rank FROM (
             SELECT word, user FROM name_words WHERE word >= $word AND word < $wordHigh
             ORDER BY word, user LIMIT ${MAX_WORDS_READ}
           ) AS named WHERE NOT EXISTS (
             SELECT 1 FROM json_each($others) AS other WHERE NOT EXISTS (
               SELECT 1 FROM name_words AS w WHERE w.user = named.user
                 AND w.word >= other.value AND w.word < other.value || char(1114111))
           ) GROUP BY user ORDER BY min(word), user LIMIT ${MAX_PEOPLE_RANKED})
       ) GROUP BY id
     ) AS f CROSS JOIN users AS u ON u.id = f.id ORDER BY f.rank, u.username_key LIMIT $limit`,
  )
  return ({ whole, word, others }, limit) =>
    statement.all({
      ...whole,
      word: word?.low ?? null,
      wordHigh: word?.high ?? null,
      others: JSON.stringify(others),
      limit,
    })
}
