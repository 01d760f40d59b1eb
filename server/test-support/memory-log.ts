import { StreamEvent } from '../../protocol/model/event.ts'
import type { StreamId } from '../../protocol/model/primitives.ts'
import { type CommittedStream, entryOfEvent, type StreamEntry } from '../domain/stream-entry.ts'
import type { Page, PageRequest, Reads, Relay } from '../store/store.ts'

type Log = Relay & Pick<Reads, 'entriesAfter' | 'heads'>

/** The part of a database that a bus sees, shared by the nodes of a test: streams of messages, in memory. */
export class MemoryLog implements Log {
  readonly instance: string
  readonly #streams = new Map<StreamId, { entries: StreamEntry[]; relayed: number }>()
  readonly #listeners: (() => void)[] = []
  #clock = Date.UTC(2026, 0, 1)
  /** How often a page was read, to tell the cache from the database. */
  pagesRead = 0

  constructor(instance: string) {
    this.instance = instance
  }

  /** Commits a message; what a store would give to `publish`. */
  send(stream: StreamId, body: string): CommittedStream {
    const seq = this.head(stream) + 1
    const at = this.#now()
    const id = `${stream}-${seq}`
    return this.#append(stream, {
      ...{ seq, type: 'message.created', at, by: 'ann' },
      message: {
        ...{ id, conversation: stream, seq, author: 'ann', key: key(seq), body, version: 1 },
        ...{ createdAt: at, reactions: {} },
      },
    })
  }

  /** Commits the deletion of the message created at `target`, whose stored event loses its body. */
  erase(stream: StreamId, target: number): CommittedStream {
    const seq = this.head(stream) + 1
    const id = `${stream}-${target}`
    const { entries } = this.#of(stream)
    const now = this.#now()
    const created = StreamEvent.parse(JSON.parse(entries[target - 1]?.json ?? 'null')).at
    const rewritten: StreamEntry = {
      seq: target,
      json: JSON.stringify({
        ...{ seq: target, type: 'message.created', at: created, by: 'ann' },
        message: {
          ...{ id, conversation: stream, seq: target, author: 'ann', key: key(target), version: 2 },
          ...{ createdAt: created, deletedAt: now, reactions: {} },
        },
      }),
    }
    entries[target - 1] = rewritten
    const committed = this.#append(stream, {
      ...{ seq, type: 'message.deleted', at: now, by: 'ann' },
      message: { id, version: 2, deletedAt: now },
    })
    return { ...committed, rewritten: [rewritten] }
  }

  /** Calls back whenever relayed seqs were marked. */
  onMarked(listener: () => void): void {
    this.#listeners.push(listener)
  }

  head(stream: StreamId): number {
    return this.#streams.get(stream)?.entries.length ?? 0
  }

  relayed(stream: StreamId): number {
    return this.#of(stream).relayed
  }

  /** A database restored from a backup: what came after `head` was never there. */
  rollBack(stream: StreamId, head: number): void {
    const log = this.#of(stream)
    log.entries.length = head
    log.relayed = Math.min(log.relayed, head)
  }

  async entriesAfter({ stream, after, limit, maxBytes }: PageRequest): Promise<Page> {
    this.pagesRead += 1
    const { entries } = this.#of(stream)
    const page: StreamEntry[] = []
    let bytes = 0
    for (const entry of entries.slice(after, after + limit)) {
      page.push(entry)
      bytes += entry.json.length
      if (bytes >= maxBytes) break
    }
    return { entries: page, head: entries.length }
  }

  async heads(streams: readonly StreamId[]): Promise<Map<StreamId, number>> {
    return new Map(streams.map((stream) => [stream, this.head(stream)]))
  }

  async unrelayed(limit: number) {
    return [...this.#streams]
      .map(([stream, { entries, relayed }]) => ({ stream, relayed, head: entries.length }))
      .filter(({ relayed, head }) => relayed < head)
      .sort((a, b) => b.head - b.relayed - (a.head - a.relayed))
      .slice(0, limit)
  }

  async markRelayed(relayed: ReadonlyMap<StreamId, number>): Promise<void> {
    for (const [stream, seq] of relayed) {
      const log = this.#of(stream)
      log.relayed = Math.min(Math.max(log.relayed, seq), log.entries.length)
    }
    for (const listener of this.#listeners) listener()
  }

  /** Another time at each call, like a server's. */
  #now(): string {
    this.#clock += 1_000
    return new Date(this.#clock).toISOString()
  }

  #of(stream: StreamId) {
    const log = this.#streams.get(stream) ?? { entries: [], relayed: 0 }
    this.#streams.set(stream, log)
    return log
  }

  #append(stream: StreamId, event: StreamEvent): CommittedStream {
    const entry = entryOfEvent(stream, event)
    this.#of(stream).entries.push(entry)
    return { stream, entries: [entry], rewritten: [] }
  }
}

function key(seq: number): string {
  return `00000000-0000-4000-8000-${String(seq).padStart(12, '0')}`
}
