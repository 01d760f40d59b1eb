import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parseJson } from './operation-row.ts'
import { writeDurably } from './write-durably.ts'

/** Where a profile keeps its databases: the one in use, and those of accounts that were signed out of. */
export class ProfileFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The database in use. */
  get database(): string {
    return join(this.#folder, DATABASE)
  }

  /**
   * Puts the (closed) database in use aside for its account, and brings back `to`, one of `asides()`; null for none.
   * Nothing is destroyed. The moves are written down first, so that `finishSwap` makes a kill in between good at the
   * next start: a database is never met without its log.
   */
  swap(from: AccountName, to: string | null): void {
    mkdirSync(join(this.#folder, ASIDE), { recursive: true, mode: 0o700 })
    const moves = [
      ...this.#moves(DATABASE, this.#freeName(from)),
      ...(to === null ? [] : this.#moves(`${ASIDE}/${to}`, DATABASE)),
    ]
    writeDurably(this.#journal, JSON.stringify(moves))
    this.finishSwap()
  }

  /** Ends a swap that was begun, before a database is opened. What was moved already is where it belongs. */
  finishSwap(): void {
    if (!existsSync(this.#journal)) return
    const moves = Moves.safeParse(parseJson(readFileSync(this.#journal, 'utf8')))
    for (const { from, to } of moves.success ? moves.data : []) {
      const [source, target] = [join(this.#folder, from), join(this.#folder, to)]
      if (existsSync(source) && !existsSync(target)) renameSync(source, target)
    }
    rmSync(this.#journal)
  }

  /** The databases that were put aside, by the names of their files. */
  asides(): string[] {
    const folder = join(this.#folder, ASIDE)
    if (!existsSync(folder)) return []
    return readdirSync(folder)
      .filter((name) => name.endsWith('.db'))
      .sort()
  }

  /** Where a database that was put aside stands. */
  asidePath(name: string): string {
    return join(this.#folder, ASIDE, name)
  }

  get #journal(): string {
    return join(this.#folder, ASIDE, 'swap.json')
  }

  /** Moves of a database that may not be there, of its write-ahead log too: that is left when somebody still reads. */
  #moves(from: string, to: string): Move[] {
    return PARTS.filter((part) => existsSync(join(this.#folder, from + part))).map((part) => ({
      from: from + part,
      to: to + part,
    }))
  }

  #freeName({ user }: AccountName): string {
    const name = createHash('sha256').update(user).digest('hex').slice(0, 32)
    for (let number = 0; ; number += 1) {
      const file = `${ASIDE}/${name}${number === 0 ? '' : `-${number}`}.db`
      if (PARTS.every((part) => !existsSync(join(this.#folder, file + part)))) return file
    }
  }
}

const DATABASE = 'ferry.db'
const ASIDE = 'other-accounts'
const PARTS = ['-wal', '-shm', '']

/** Moves of a swap, by paths in the profile's folder. */
const Moves = z.array(z.object({ from: z.string(), to: z.string() }))
type Move = z.infer<typeof Moves>[number]

/** Names the file of an account; two of one id, at two servers, get a file each. */
export interface AccountName {
  readonly user: string
}
