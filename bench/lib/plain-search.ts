import Database from 'better-sqlite3'

/** Most results of a query, as in the app. */
const LIMIT = 50

/** Peer of the search: the same texts in a plain FTS5 table, and in a plain table; no more is kept of a message. */
export class PlainSearch {
  readonly #db: Database.Database
  readonly #fts: Database.Statement<[string]>
  readonly #like: Database.Statement<[string]>

  /** Makes `file` of these texts, oldest first. */
  constructor(file: string, bodies: readonly string[]) {
    const db = new Database(file)
    db.pragma('journal_mode = WAL')
    db.exec(`
      CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
      CREATE VIRTUAL TABLE found USING fts5 (body)`)
    const put = db.prepare('INSERT INTO messages (id, body) VALUES (?, ?)')
    const index = db.prepare('INSERT INTO found (rowid, body) VALUES (?, ?)')
    db.transaction(() => {
      bodies.forEach((body, id) => {
        put.run(id, body)
        index.run(id, body)
      })
    })()
    this.#db = db
    this.#fts = db.prepare(
      `SELECT body FROM found WHERE found MATCH ? ORDER BY rowid DESC LIMIT ${LIMIT}`,
    )
    this.#like = db.prepare(
      `SELECT body FROM messages WHERE body LIKE ? ORDER BY id DESC LIMIT ${LIMIT}`,
    )
  }

  /** Finds texts with all words as beginnings; how long that took, in ms. */
  fts(query: string): number {
    const words = query.split(' ').map((word) => `"${word}" *`)
    return timed(() => this.#fts.all(words.join(' ')))
  }

  /** Finds texts with the words in this order, with anything between; how long that took, in ms. */
  like(query: string): number {
    return timed(() => this.#like.all(`%${query.split(' ').join('%')}%`))
  }

  close(): void {
    this.#db.close()
  }
}

function timed(work: () => void): number {
  const startedAt = performance.now()
  work()
  return performance.now() - startedAt
}
