import { type Cursor, isUserStream, type StreamId } from '../../protocol/model/primitives.ts'
import { type ReceivedEvent, readEvents } from '../../protocol/model/received.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { type Clock, instantOf, type Timers } from '../sync/clock.ts'
import type { StreamCursor } from '../sync/storage.ts'
import { noStreams } from '../sync/stream-book.ts'
import type { StreamEffect, StreamInput } from '../sync/stream-protocol.ts'
import { nextStreamDeadline, type StreamsState } from '../sync/stream-state.ts'
import { stepStreams } from '../sync/streams.ts'
import type { Transport } from '../sync/transport.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import type { EventApplier } from './event-applier.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

/**
 * Events that may wait to be stored before the socket is left unread, and few enough to read on [S6, V7]. A few turns'
 * worth: what one look at the socket brings is validated at a stretch, and must not add up to a block.
 */
const PAUSE_AT = 500
const RESUME_AT = 250

export type RestoredEffect = Extract<StreamEffect, { type: 'restored' }>

export interface StreamPorts {
  readonly store: ProfileStore
  readonly workspace: Pick<Workspace, 'beginStream' | 'resetConversation'>
  readonly loop: TurnLoop
  readonly transport: Pick<Transport, 'request' | 'pause' | 'resume'>
  readonly clock: Clock
  readonly timers: Pick<Timers, 'set'>
  readonly applier: Pick<EventApplier, 'apply'>
  /**
   * The server was restored and knows less of this stream than we did; called before its rows are cleared. What comes
   * back to the user is taken by calling the answer until it says that all is.
   */
  readonly restored: (effect: RestoredEffect) => () => 'more' | 'done'
  /** The server refuses to show this stream. */
  readonly refused: (stream: StreamId) => void
}

/** Runs the stream machine: its state, its cursors, the events it hands over, its questions, its timer. */
export class StreamDriver {
  readonly #ports: StreamPorts
  readonly #timer: DeadlineTimer
  readonly #stored: Map<StreamId, StreamCursor>
  #state: StreamsState = noStreams()
  #waiting = 0
  #isPaused = false

  constructor(ports: StreamPorts) {
    this.#ports = ports
    this.#timer = new DeadlineTimer(ports, () => this.feed({ type: 'tick' }))
    this.#stored = ports.store.loadCursors()
    const instance = ports.store.setting('instance')
    const load = { type: 'load', cursors: this.#stored, instance } as const
    this.#state = stepStreams(this.#state, load, instantOf(ports.clock)).state
  }

  get state(): StreamsState {
    return this.#state
  }

  /** The stored cursor of a stream; null before its first event. */
  cursor(stream: StreamId): StreamCursor | null {
    return this.#stored.get(stream) ?? null
  }

  /** One step of the machine; what it asks to be stored is stored in the coming turns. Answers what it asked for. */
  feed(input: StreamInput): readonly StreamEffect[] {
    const { state, effects } = stepStreams(this.#state, input, instantOf(this.#ports.clock))
    this.#state = state
    for (const effect of effects) if (effect.type !== 'instance') this.#perform(effect)
    // Last: were it stored before the streams of the other database are cleared, a kill in between would keep them.
    for (const effect of effects) if (effect.type === 'instance') this.#perform(effect)
    this.rearm()
    return effects
  }

  rearm(): void {
    this.#timer.aim(nextStreamDeadline(this.#state))
  }

  stop(): void {
    this.#timer.stop()
  }

  #perform(effect: StreamEffect): void {
    const { store } = this.#ports
    switch (effect.type) {
      case 'apply':
        this.#apply(effect)
        break
      case 'begin':
        this.#once(() => this.#begin(effect.stream, 0))
        break
      case 'request-events':
        this.#request(effect)
        break
      case 'restored':
        this.#restore(effect)
        break
      case 'instance':
        this.#once(() => store.putSetting('instance', effect.instance))
        break
      case 'refused':
        this.#once(() => this.#ports.refused(effect.stream))
        break
    }
  }

  /** Applies events in slices, each in a turn's transaction with its cursor [S1, S6]. */
  #apply({ stream, after, events, baseline }: Extract<StreamEffect, { type: 'apply' }>): void {
    let next = 0
    this.#count(events.length)
    this.#ports.loop.addBulk({
      step: (isOver) => {
        if (next === 0 && baseline) this.#begin(stream, after)
        const from = next
        for (let event = events[next]; event !== undefined; event = events[next]) {
          this.#ports.applier.apply(stream, event)
          next += 1
          if (isOver()) break
        }
        this.#advance(stream, events[next - 1])
        this.#count(from - next)
        return next === events.length ? 'done' : 'more'
      },
    })
  }

  #begin(stream: StreamId, floor: Cursor): void {
    this.#putCursor(stream, { applied: floor, floor })
    if (!isUserStream(stream)) this.#ports.workspace.beginStream(stream, floor)
  }

  #advance(stream: StreamId, last: ReceivedEvent | undefined): void {
    if (last === undefined) return
    this.#putCursor(stream, { applied: last.seq, floor: this.#stored.get(stream)?.floor ?? 0 })
  }

  #putCursor(stream: StreamId, cursor: StreamCursor): void {
    this.#ports.store.putCursor(stream, cursor)
    this.#stored.set(stream, cursor)
  }

  /** In slices [S6]; the rows go last, so that after a kill in between what is left is taken once more. */
  #restore(effect: RestoredEffect): void {
    const { loop, store, workspace, restored } = this.#ports
    const { stream, head } = effect
    let take: (() => 'more' | 'done') | null = null
    loop.addBulk({
      step: (isOver) => {
        take ??= restored(effect)
        while (take() === 'more') if (isOver()) return 'more'
        if (isUserStream(stream)) store.clearStream(stream, head)
        else workspace.resetConversation(stream, head)
        this.#stored.delete(stream)
        return 'done'
      },
    })
  }

  #request(effect: Extract<StreamEffect, { type: 'request-events' }>): void {
    const { stream, request, after, limit } = effect
    void this.#ports.transport
      .request<'events'>({ op: 'events', stream, after, limit })
      .then((outcome) => {
        if (outcome.ok) {
          const { events, head } = outcome.reply
          const read = readEvents(events, after)
          this.feed({ type: 'page', stream, request, events: read, head })
        } else {
          this.feed({ type: 'page-failed', stream, request, failure: outcome.failure })
        }
      })
  }

  /** In order behind the events that were handed over before. */
  #once(work: () => void): void {
    this.#ports.loop.addBulk({
      step: () => {
        work()
        return 'done'
      },
    })
  }

  /** Keeps the events in memory bounded: beyond, the server has to wait for us. */
  #count(change: number): void {
    this.#waiting += change
    const { transport } = this.#ports
    if (!this.#isPaused && this.#waiting >= PAUSE_AT) {
      this.#isPaused = true
      transport.pause()
    } else if (this.#isPaused && this.#waiting <= RESUME_AT) {
      this.#isPaused = false
      transport.resume()
    }
  }
}
