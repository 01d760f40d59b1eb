import type { StreamEvent } from '../../protocol/model/event.ts'
import { type StreamId, userStream } from '../../protocol/model/primitives.ts'
import type { KnownMessage } from './operation-mix.ts'

/** Newest messages that a device edits, deletes and reacts to: where its work meets that of others. */
const RECENT = 20

/** What one device was sent, stream by stream, and what it makes of it. */
export class DeviceLog {
  readonly streams = new Map<StreamId, StreamEvent[]>()
  readonly #messages = new Map<StreamId, Map<string, KnownMessage>>()

  /** `conversations`: known from the start, to be sent from their first event on. */
  constructor(user: string, conversations: readonly StreamId[]) {
    for (const stream of [userStream(user), ...conversations]) this.streams.set(stream, [])
  }

  cursors(): Record<StreamId, number> {
    return Object.fromEntries([...this.streams].map(([stream, { length }]) => [stream, length]))
  }

  cursor(stream: StreamId): number {
    return this.streams.get(stream)?.length ?? 0
  }

  /** A few of the newest messages. */
  recent(stream: StreamId): KnownMessage[] {
    return [...(this.#messages.get(stream)?.values() ?? [])].slice(-RECENT)
  }

  /** Adds what was pushed; what is wrong with it, or null. A gap and a repeat are both broken promises [V5]. */
  take(stream: StreamId, events: readonly StreamEvent[]): string | null {
    const log = this.streams.get(stream)
    if (log === undefined) return `events of ${stream}, which this user is no member of`
    for (const event of events) {
      if (event.seq !== log.length + 1) {
        return `${stream}: got ${event.seq} (${event.type}) after ${log.length}`
      }
      log.push(event)
      this.#apply(stream, event)
    }
    return null
  }

  #apply(stream: StreamId, event: StreamEvent): void {
    const messages = this.#messages.get(stream) ?? new Map<string, KnownMessage>()
    this.#messages.set(stream, messages)
    if (event.type === 'message.created') {
      const { id, author, version, deletedAt } = event.message
      messages.set(id, { id, author, version, deleted: deletedAt !== undefined })
    }
    if (event.type === 'message.edited' || event.type === 'message.deleted') {
      const { id, version } = event.message
      const known = messages.get(id)
      if (known === undefined) return
      messages.set(id, {
        ...{ ...known, version, deleted: known.deleted || event.type === 'message.deleted' },
      })
    }
  }
}
