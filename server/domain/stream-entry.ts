import type { StreamEvent, StreamEventType } from '../../protocol/model/event.ts'
import { type Id, isUserStream, type StreamId } from '../../protocol/model/primitives.ts'

/** An event as it travels from the store to the sockets: serialised once, never again for a receiver. */
export interface StreamEntry {
  readonly seq: number
  /** The event's JSON, as the wire carries it. */
  readonly json: string
  /** Set on the few events that change who may read a conversation. */
  readonly access?: Access
}

/** From this entry on, `user` may (or may not) read `conversation` [V6]. */
export interface Access {
  readonly user: Id
  readonly conversation: Id
  readonly allowed: boolean
}

/** What one transaction did to one stream. Entries are in seq order, without a gap. */
export interface CommittedStream {
  readonly stream: StreamId
  readonly entries: readonly StreamEntry[]
  /** Older entries whose stored JSON was replaced (a deleted body is gone): copies elsewhere must be dropped. */
  readonly rewritten: readonly StreamEntry[]
}

/** Types of event that can change who may read what. */
const ACCESS_TYPES: ReadonlySet<StreamEventType> = new Set<StreamEventType>([
  'member.added',
  'member.removed',
  'conversation.joined',
  'conversation.left',
])

/** Serialises an event, once. */
export function entryOfEvent(stream: StreamId, event: StreamEvent): StreamEntry {
  const access = accessOfEvent(stream, event)
  const json = JSON.stringify(event)
  return access === null ? { seq: event.seq, json } : { seq: event.seq, json, access }
}

/** An entry read back from where it was kept; the JSON is looked into only for the few types that matter. */
export function entryOfStored(
  stream: StreamId,
  seq: number,
  type: string,
  json: string,
): StreamEntry {
  if (!(ACCESS_TYPES as ReadonlySet<string>).has(type)) return { seq, json }
  // The JSON is our own, written by entryOfEvent from a typed event.
  const access = accessOfEvent(stream, JSON.parse(json) as StreamEvent)
  return access === null ? { seq, json } : { seq, json, access }
}

/**
 * Whether an event erased bodies of earlier ones. In JSON a quote inside a text is escaped, so no body can hold this
 * sequence; a false alarm would only cost a read.
 */
export function erasesBodies(entry: StreamEntry): boolean {
  return entry.json.includes('"type":"message.deleted"')
}

function accessOfEvent(stream: StreamId, event: StreamEvent): Access | null {
  switch (event.type) {
    case 'member.added':
    case 'member.removed':
      return { user: event.user, conversation: stream, allowed: event.type === 'member.added' }
    case 'conversation.joined':
    case 'conversation.left':
      return isUserStream(stream)
        ? {
            user: stream.slice('user:'.length),
            conversation: event.conversation,
            allowed: event.type === 'conversation.joined',
          }
        : null
    default:
      return null
  }
}
