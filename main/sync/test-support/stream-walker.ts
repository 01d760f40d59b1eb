import type { StreamEvent } from '../../../protocol/model/event.ts'
import type { Cursors } from '../../../protocol/model/primitives.ts'
import { noStreams } from '../stream-book.ts'
import type { StreamEffect, StreamInput } from '../stream-protocol.ts'
import type { StreamsState } from '../stream-state.ts'
import { stepStreams } from '../streams.ts'

/** An event of a stream that changes nothing but its place. */
export const event = (seq: number): StreamEvent => ({
  seq,
  at: '2026-01-01T00:00:00.000Z',
  by: 'bob',
  type: 'reaction.added',
  message: 'm1',
  emoji: '👍',
})
export const events = (first: number, last: number): StreamEvent[] =>
  Array.from({ length: last - first + 1 }, (_, index) => event(first + index))

/** Feeds inputs one after another and keeps what came of them. */
export class Driver {
  state: StreamsState = noStreams()
  atMs = 0
  effects: StreamEffect[] = []

  step(input: StreamInput): StreamEffect[] {
    const now = { monotonicMs: this.atMs, wallMs: this.atMs }
    const { state, effects } = stepStreams(this.state, input, now)
    this.state = state
    this.effects.push(...effects)
    return effects
  }

  greeted(
    heads: Cursors,
    instance: string | null = 'one',
    restoredToMs: number | null = null,
  ): StreamEffect[] {
    return this.step({ type: 'greeted', heads, instance, restoredToMs })
  }

  loaded(applied: number): this {
    const cursors = new Map([['c', { applied, floor: 0 }]])
    this.step({ type: 'load', cursors, instance: 'one' })
    return this
  }

  applied(): number[] {
    return this.effects.flatMap((e) => (e.type === 'apply' ? e.events.map((x) => x.seq) : []))
  }
}
