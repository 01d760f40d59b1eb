import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'

/** Where a profile keeps its databases: the one in use, and those of accounts that were signed out of. */
export class ProfileFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The database in use. */
  get database(): string {
    return join(this.#folder, 'ferry.db')
  }

  /**
   * Puts the (closed) database in use aside for its account, and brings back the one of another account where there is
   * one. Nothing is destroyed; a kill in between leaves all data, and Welcome.
   */
  swap(from: AccountName, to: AccountName): void {
    mkdirSync(this.#asideFolder, { recursive: true, mode: 0o700 })
    move(this.database, this.#freeName(from))
    move(this.#aside(to), this.database)
  }

  get #asideFolder(): string {
    return join(this.#folder, 'other-accounts')
  }

  #aside({ user }: AccountName, suffix = ''): string {
    const name = createHash('sha256').update(user).digest('hex').slice(0, 32)
    return join(this.#asideFolder, `${name}${suffix}.db`)
  }

  #freeName(account: AccountName): string {
    for (let number = 0; ; number += 1) {
      const file = this.#aside(account, number === 0 ? '' : `-${number}`)
      if (!existsSync(file)) return file
    }
  }
}

/** A write-ahead log is left when somebody else (an export) still reads: it belongs to its database, and goes first. */
const PARTS = ['-wal', '-shm', '']

/** Moves a database that may not be there. */
function move(from: string, to: string): void {
  for (const part of PARTS) {
    if (existsSync(from + part)) renameSync(from + part, to + part)
  }
}

/** Tells accounts apart: ids of users are opaque and chosen at random by their server. */
export interface AccountName {
  readonly user: string
}
