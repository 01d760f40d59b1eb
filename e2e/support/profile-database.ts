import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'

const Count = z.object({ count: z.number() })
const Applied = z.object({ applied: z.number() })

/**
 * Looks into the database of a profile while the app writes it, to see how far the app has come; it never writes.
 * Every look is a connection of its own, so that nothing is held when the app is killed.
 */
export class ProfileDatabase {
  readonly #file: string

  constructor(profileDir: string) {
    this.#file = join(profileDir, 'ferry.db')
  }

  /** Whether the outbox has an operation with this text. */
  hasOperation(text: string): boolean {
    return this.#count('SELECT count(*) AS count FROM outbox WHERE instr(record, ?) > 0', text) > 0
  }

  /** Whether a draft with exactly this text is kept. */
  hasDraft(text: string): boolean {
    return this.#count('SELECT count(*) AS count FROM drafts WHERE body = ?', text) > 0
  }

  /** Whether an edit that is being written has this text. */
  hasEdit(text: string): boolean {
    return this.#count('SELECT count(*) AS count FROM drafts WHERE instr(about, ?) > 0', text) > 0
  }

  /** Whether a confirmed message has exactly this text. */
  hasMessage(text: string): boolean {
    return this.#count('SELECT count(*) AS count FROM messages WHERE body = ?', text) > 0
  }

  /** How far a stream is applied; 0 where nothing is known of it. */
  cursor(stream: string): number {
    return this.#look((db) => {
      const row = db.prepare('SELECT applied FROM cursors WHERE stream = ?').get(stream)
      return row === undefined ? 0 : Applied.parse(row).applied
    }, 0)
  }

  #count(sql: string, text: string): number {
    return this.#look((db) => Count.parse(db.prepare(sql).get(text)).count, 0)
  }

  #look<T>(work: (db: Database.Database) => T, absent: T): T {
    if (!existsSync(this.#file)) return absent
    const db = new Database(this.#file, { readonly: true })
    try {
      return work(db)
    } finally {
      db.close()
    }
  }
}
