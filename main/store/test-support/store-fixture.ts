import { join } from 'node:path'
import Database from 'better-sqlite3'
import { openStore } from '../open-store.ts'
import type { ProfileStore } from '../profile-store.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** What the clock of every test store says, ms since the epoch. */
const STORE_NOW = 42

/** A store on a file of its own. */
export class StoreFixture {
  readonly #folder = temporaryFolder()
  store: ProfileStore

  constructor() {
    this.store = this.#open()
  }

  get folder(): string {
    return this.#folder.path
  }

  get file(): string {
    return join(this.folder, 'ferry.db')
  }

  /** Closes the store, and opens the file again. */
  reopen(): ProfileStore {
    this.store.close()
    this.store = this.#open()
    return this.store
  }

  /** Works on the database beside the store: to look at it, or to damage it. */
  beside<T>(work: (db: Database.Database) => T): T {
    const db = new Database(this.file)
    try {
      return work(db)
    } finally {
      db.close()
    }
  }

  dispose(): void {
    this.store.close()
    this.#folder.remove()
  }

  #open(): ProfileStore {
    const result = openStore(this.file, () => STORE_NOW)
    if (!result.ok) throw result.error
    return result.store
  }
}
