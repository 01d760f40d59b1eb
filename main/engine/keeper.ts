import type { Message } from '../../protocol/model/message.ts'
import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import { type ReceivedEvent, rawText } from '../../protocol/model/received.ts'
import type { Kept, KeptCount, KeptPlace } from '../store/kept-table.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { StorageError } from '../store/storage-error.ts'
import type { Changes } from './changes.ts'
import type { Logger } from './ports.ts'
import { LoopStopped, type TurnLoop } from './turn-loop.ts'
import { placeName, Unreadable } from './unreadable.ts'

export interface KeeperPorts {
  readonly store: Pick<ProfileStore, 'keep' | 'unkeep' | 'keptReason' | 'keptCounts' | 'keptThrown'>
  readonly changes: Pick<Changes, 'conversation' | 'state'>
  readonly loop: Pick<TurnLoop, 'post'>
  readonly logger: Logger
  /** More of a stream cannot be read than before. */
  readonly unreadable: (stream: StreamId) => void
}

const NONE: KeptCount = { unread: 0, events: 0 }

/**
 * Sets aside what came and cannot be read, so that nothing waits for it, and knows how much that is [O9, G1]. Writing
 * methods belong inside a turn.
 */
export class Keeper {
  readonly #ports: KeeperPorts
  readonly #counts: Map<StreamId, KeptCount>
  readonly #thrown: Map<string, Kept>
  readonly #told = new Set<string>()

  constructor(ports: KeeperPorts) {
    this.#ports = ports
    this.#counts = ports.store.keptCounts()
    this.#thrown = new Map(ports.store.keptThrown().map((kept) => [placeName(kept), kept]))
  }

  /** How much of a stream could not be read. */
  unread(stream: StreamId): number {
    return this.#counts.get(stream)?.unread ?? 0
  }

  /** Whether events of a stream wait for another version: what follows them may be about them. */
  hasEvents(stream: StreamId): boolean {
    return (this.#counts.get(stream)?.events ?? 0) > 0
  }

  keep(kept: Kept): void {
    this.#tell(kept)
    const { store } = this.#ports
    this.#count(kept, store.keptReason(kept), -1)
    store.keep(kept)
    this.#count(kept, kept.reason, 1)
  }

  unkeep(place: KeptPlace): void {
    const { store } = this.#ports
    const reason = store.keptReason(place)
    if (reason === null) return
    store.unkeep(place)
    this.#thrown.delete(placeName(place))
    this.#count(place, reason, -1)
  }

  /** What was kept of a stream is gone with its rows. */
  forget(stream: StreamId): void {
    this.#counts.delete(stream)
  }

  /** What is kept of an event that is not applied. */
  keepEvent(stream: StreamId, event: ReceivedEvent, reason: Kept['reason']): void {
    const raw = rawText(event.type === 'kept' ? event.raw : event)
    this.keep({ ...eventPlace(stream, event), reason, raw })
  }

  /** Whether this event made something fail before. */
  isAside(stream: StreamId, event: ReceivedEvent): boolean {
    return this.#thrown.size > 0 && this.#thrown.has(placeName(eventPlace(stream, event)))
  }

  /**
   * Runs `work` on what came from outside, inside a turn. What makes it fail fails the turn, is set aside once the turn
   * is rolled back, and passed over from then on: `aside` is the answer.
   */
  guard<T>(source: KeptPlace, came: unknown, aside: T, work: () => T): T {
    const before = this.#thrown.size === 0 ? undefined : this.#thrown.get(placeName(source))
    if (before !== undefined && before.raw === rawText(came)) return aside
    try {
      return work()
    } catch (error) {
      if (isOfTheStore(error)) throw error
      throw new Unreadable({ ...source, raw: rawText(came) }, error)
    }
  }

  /** Views of a stored message; none of one that makes its view fail, which is told. Not inside a turn. */
  shown<T>({ conversation, seq, id }: Message, view: () => T[]): T[] {
    return this.#viewed({ kind: 'row', stream: conversation, seq, name: id }, [], view)
  }

  /** The same for one message by its key. */
  viewOf<T>(conversation: Id, key: string, view: () => T | null): T | null {
    return this.#viewed({ kind: 'row', stream: conversation, seq: 0, name: key }, null, view)
  }

  #viewed<T>(place: KeptPlace, none: T, view: () => T): T {
    try {
      return view()
    } catch (error) {
      if (isOfTheStore(error)) throw error
      this.#ports.logger.error({ err: error, ...place }, 'a message cannot be shown')
      this.#ports.loop.post(() => this.keep({ ...place, reason: 'threw', raw: 'null' }))
      return none
    }
  }

  #count({ kind, stream }: KeptPlace, reason: Kept['reason'] | null, by: 1 | -1): void {
    if (reason === null) return
    const before = this.#counts.get(stream) ?? NONE
    const unread = before.unread + (isUnread(reason) ? by : 0)
    const events = before.events + (kind === 'event' ? by : 0)
    this.#counts.set(stream, { unread, events })
    if (unread === before.unread) return
    this.#ports.changes.conversation(stream)
    this.#ports.changes.state()
    if (unread > before.unread) this.#ports.unreadable(stream)
  }

  /** Once for each type that only a newer version knows: there may be very many of them. */
  #tell({ raw: _untold, ...told }: Kept): void {
    const { logger } = this.#ports
    if (isUnread(told.reason)) logger.warn(told, 'something cannot be read, and is kept')
    else if (!this.#told.has(told.name)) {
      this.#told.add(told.name)
      logger.info(told, 'something is of a newer version, and is kept')
    }
  }
}

/** Whether the user is told: what only a newer version knows is hidden like all that it brings. */
function isUnread(reason: Kept['reason']): boolean {
  return reason === 'misfit' || reason === 'threw'
}

/** Where an event is kept. */
export function eventPlace(stream: StreamId, event: ReceivedEvent): KeptPlace {
  const name = event.type === 'kept' ? event.name : event.type
  return { kind: 'event', stream, seq: event.seq, name }
}

/** Whether an exception says something of the database or of the loop, and nothing of what was worked on. */
export function isOfTheStore(error: unknown): boolean {
  return (
    error instanceof StorageError || error instanceof LoopStopped || error instanceof Unreadable
  )
}
