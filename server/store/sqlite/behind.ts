import type Database from 'better-sqlite3'
import type { StreamId } from '../../../protocol/model/primitives.ts'
import type { CommittedStream } from '../../domain/stream-entry.ts'

/** Streams that are compared for which is longest behind; the rest comes when these have caught up. */
const MAX_COMPARED = 1_000

/** A stream, how far it was handed on, and how far it goes. */
export interface BehindStream {
  readonly stream: StreamId
  readonly relayed: number
  readonly head: number
}

/**
 * Which streams have events that were not handed on [V10]. The table is read once, when somebody first asks, and never
 * without a bus that asks; from then on what is committed is noted here, because this process is the only one that
 * writes. So asking every second costs nothing, however many streams there are, and a commit pays for no index.
 */
export class Behind {
  readonly #all: Database.Statement<[], BehindStream>
  #behind: Map<StreamId, BehindStream> | null = null

  constructor(database: Database.Database) {
    this.#all = database.prepare<[], BehindStream>(
      'SELECT id AS stream, relayed, head FROM streams WHERE relayed < head',
    )
  }

  /** At most `limit` of them, longest behind first. */
  first(limit: number): BehindStream[] {
    this.#behind ??= new Map(this.#all.all().map((each) => [each.stream, each]))
    const compared: BehindStream[] = []
    for (const each of this.#behind.values()) {
      if (compared.push(each) >= Math.max(limit, MAX_COMPARED)) break
    }
    return compared.sort((a, b) => b.head - b.relayed - (a.head - a.relayed)).slice(0, limit)
  }

  /** Something was committed. */
  committed(streams: readonly CommittedStream[]): void {
    const behind = this.#behind
    if (behind === null) return
    for (const { stream, entries } of streams) {
      const [first] = entries
      const last = entries.at(-1)
      if (first === undefined || last === undefined) continue
      const relayed = behind.get(stream)?.relayed ?? first.seq - 1
      behind.set(stream, { stream, relayed, head: last.seq })
    }
  }

  /** Streams were handed on so far, and that is stored. */
  marked(marks: ReadonlyMap<StreamId, number>): void {
    for (const [stream, seq] of marks) {
      const known = this.#behind?.get(stream)
      if (known === undefined || seq <= known.relayed) continue
      if (seq >= known.head) this.#behind?.delete(stream)
      else this.#behind?.set(stream, { ...known, relayed: seq })
    }
  }
}
