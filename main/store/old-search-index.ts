import type { Database } from 'better-sqlite3'

/** What one sweep takes at most: pieces of up to 4 KiB, and the words of so many messages. */
const PIECES_A_SWEEP = 50
const WORDS_A_SWEEP = 200

/**
 * The search index of the first version, which kept words without their marks and signs. It is taken away piece by
 * piece: dropped as a whole, every page of it would be overwritten in one go, which takes seconds in a large profile
 * [S6].
 */
export class OldSearchIndex {
  readonly #db: Database
  #exists: boolean

  constructor(db: Database) {
    this.#db = db
    this.#exists =
      db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'message_search'").get() !== undefined
    if (this.#exists && this.#isSmall()) this.#drop()
  }

  get exists(): boolean {
    return this.#exists
  }

  /** Takes some of it away, the table itself at last; inside a transaction. */
  sweep(): void {
    // SQLite lets nobody write what a full-text index is made of, but who says that they mean it.
    this.#db.unsafeMode(true)
    try {
      this.#take('message_search_data', PIECES_A_SWEEP)
      this.#take('message_search_content', WORDS_A_SWEEP)
      if (this.#isSmall()) this.#drop()
    } finally {
      this.#db.unsafeMode(false)
    }
  }

  #take(table: string, limit: number): void {
    this.#db.exec(`DELETE FROM ${table} WHERE id IN (SELECT id FROM ${table} LIMIT ${limit})`)
  }

  /** An empty one, as a new profile has it, is nothing to take away in steps. */
  #isSmall(): boolean {
    const more = `SELECT 1 FROM message_search_content
      UNION ALL SELECT * FROM (SELECT 1 FROM message_search_data LIMIT 1 OFFSET ${PIECES_A_SWEEP})`
    return this.#db.prepare(more).get() === undefined
  }

  #drop(): void {
    this.#db.exec('DROP TABLE message_search')
    this.#exists = false
  }
}
