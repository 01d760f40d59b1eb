import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import { Cursor, StreamId } from '../../protocol/model/primitives.ts'
import type { StreamCursor } from '../sync/storage.ts'

const Row = z.object({ stream: StreamId, applied: Cursor, floor: Cursor })

/** How far each stream is stored. */
export class CursorsTable {
  readonly #all: Statement<[]>
  readonly #put: Statement<[string, number, number]>
  readonly #remove: Statement<[string]>

  constructor(db: Database) {
    this.#all = db.prepare('SELECT stream, applied, floor FROM cursors')
    this.#put = db.prepare(`
      INSERT INTO cursors (stream, applied, floor) VALUES (?, ?, ?)
      ON CONFLICT (stream) DO UPDATE SET applied = excluded.applied, floor = excluded.floor`)
    this.#remove = db.prepare('DELETE FROM cursors WHERE stream = ?')
  }

  /** A cursor that cannot be read is left out: its stream begins anew, and merging by id repeats nothing. */
  load(): Map<StreamId, StreamCursor> {
    const cursors = new Map<StreamId, StreamCursor>()
    for (const raw of this.#all.all()) {
      const row = Row.safeParse(raw)
      if (row.success) cursors.set(row.data.stream, row.data)
    }
    return cursors
  }

  put(stream: StreamId, { applied, floor }: StreamCursor): void {
    this.#put.run(stream, applied, floor)
  }

  remove(stream: StreamId): void {
    this.#remove.run(stream)
  }
}
