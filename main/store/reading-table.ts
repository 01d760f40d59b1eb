import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { PlaceView } from '../../protocol/ipc/views.ts'
import { Cursor, type Id } from '../../protocol/model/primitives.ts'

const Row = z.object({
  conversation: z.string(),
  joined: Cursor.nullable(),
  place: Cursor.nullable(),
  place_px: z.int(),
})

/** Where the user is in a conversation. */
export interface Reading {
  /** seq of the event that made the user a member, as the server told it; null while it has not. */
  readonly joined: Cursor | null
  /** The message at the top of the screen; null: the end is in sight. */
  readonly place: PlaceView | null
}

/** Where the user is in each conversation. */
export class ReadingTable {
  readonly #all: Statement<[]>
  readonly #put: Statement<[string, number | null, number | null, number]>
  readonly #remove: Statement<[string]>

  constructor(db: Database) {
    this.#all = db.prepare('SELECT conversation, joined, place, place_px FROM reading')
    this.#put = db.prepare(`
      INSERT INTO reading (conversation, joined, place, place_px) VALUES (?, ?, ?, ?)
      ON CONFLICT (conversation) DO UPDATE SET
        joined = excluded.joined, place = excluded.place, place_px = excluded.place_px`)
    this.#remove = db.prepare('DELETE FROM reading WHERE conversation = ?')
  }

  /** One that cannot be read is left out: it is told, and made, anew. */
  load(): Map<Id, Reading> {
    const all = new Map<Id, Reading>()
    for (const raw of this.#all.all()) {
      const row = Row.safeParse(raw)
      if (!row.success) continue
      const { conversation, joined, place: seq, place_px: hiddenPx } = row.data
      all.set(conversation, { joined, place: seq === null ? null : { seq, hiddenPx } })
    }
    return all
  }

  put(conversation: Id, { joined, place }: Reading): void {
    this.#put.run(conversation, joined, place?.seq ?? null, place?.hiddenPx ?? 0)
  }

  /** The seqs mean other messages now. */
  forget(conversation: Id): void {
    this.#remove.run(conversation)
  }
}
