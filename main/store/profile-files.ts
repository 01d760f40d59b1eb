import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { freeFolderName, PARTS, standing } from './database-files.ts'
import { parseJson } from './parse-json.ts'
import { syncFolder, writeDurably } from './write-durably.ts'

/** Where a profile keeps its databases: the one in use, and those of accounts that were signed out of. */
export class ProfileFiles {
  readonly #folder: string
  readonly #rename: typeof renameSync

  constructor(folder: string, rename = renameSync) {
    this.#folder = folder
    this.#rename = rename
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
    this.#carryOut([
      ...this.#moves(DATABASE, this.#freeName(from)),
      // What comes back comes with its log first: a database is never met without it.
      ...(to === null ? [] : this.#moves(`${ASIDE}/${to}`, DATABASE).reverse()),
    ])
  }

  /**
   * Sets whatever stands where the database should be aside, its log with it, for good: a folder of its own, whose path
   * is the answer, named by `now` (ms since the epoch). Then `added`, a whole database in the profile's folder without a
   * log, takes the place; null: nothing does. A kill in between is made good at the next start.
   */
  setAside(now: number, added: string | null): string {
    const folder = `${SET_ASIDE}/${freeFolderName(join(this.#folder, SET_ASIDE), now)}`
    mkdirSync(join(this.#folder, folder), { recursive: true, mode: 0o700 })
    mkdirSync(join(this.#folder, ASIDE), { recursive: true, mode: 0o700 })
    this.#carryOut([
      ...this.#moves(DATABASE, `${folder}/${DATABASE}`),
      ...(added === null ? [] : [{ from: added, to: DATABASE }]),
    ])
    return join(this.#folder, folder)
  }

  /** Where a database is made that is to take the place of the one in use, by its name for `setAside`. */
  get replacement(): { readonly name: string; readonly path: string } {
    return { name: REPLACEMENT, path: join(this.#folder, REPLACEMENT) }
  }

  /**
   * Ends moves that were begun, before a database is opened. What was moved already is where it belongs. When the list
   * of them cannot be read it is kept under another name: what is then missing of a database is met, and told, on
   * opening it, as it goes before its log.
   */
  finishSwap(): void {
    if (!existsSync(this.#journal)) return
    const moves = Moves.safeParse(parseJson(readFileSync(this.#journal, 'utf8')))
    if (!moves.success) {
      renameSync(this.#journal, `${this.#journal}.unreadable`)
      return
    }
    const folders = new Set<string>()
    for (const { from, to } of moves.data) {
      const [source, target] = [join(this.#folder, from), join(this.#folder, to)]
      if (standing(source) === null || standing(target) !== null) continue
      this.#rename(source, target)
      folders.add(dirname(source)).add(dirname(target))
    }
    // The list goes after what it says is on the disk.
    for (const folder of folders) syncFolder(folder)
    rmSync(this.#journal)
  }

  #carryOut(moves: readonly Move[]): void {
    writeDurably(this.#journal, JSON.stringify(moves))
    this.finishSwap()
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
    return PARTS.filter((part) => standing(join(this.#folder, from + part)) !== null).map(
      (part) => ({
        from: from + part,
        to: to + part,
      }),
    )
  }

  #freeName({ user }: AccountName): string {
    const name = createHash('sha256').update(user).digest('hex').slice(0, 32)
    for (let number = 0; ; number += 1) {
      const file = `${ASIDE}/${name}${number === 0 ? '' : `-${number}`}.db`
      if (PARTS.every((part) => standing(join(this.#folder, file + part)) === null)) return file
    }
  }
}

const DATABASE = 'ferry.db'
const ASIDE = 'other-accounts'
const SET_ASIDE = 'set-aside'
const REPLACEMENT = 'ferry.db.repaired'

/** Moves of a swap, by paths in the profile's folder. */
const Moves = z.array(z.object({ from: z.string(), to: z.string() }))
type Move = z.infer<typeof Moves>[number]

/** Names the file of an account; two of one id, at two servers, get a file each. */
export interface AccountName {
  readonly user: string
}
