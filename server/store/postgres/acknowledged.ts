import type { StreamId } from '../../../protocol/model/primitives.ts'

/** An event that was committed, by what never changes of it: not its JSON, which a deletion rewrites. */
export interface AcknowledgedEvent {
  readonly stream: StreamId
  readonly seq: number
  readonly at: number
  readonly type: string
}

/** How many are remembered: more than a replica that keeps up is behind, and one look-up each after an outage. */
const REMEMBERED = 1_024

/** The newest events that this node told somebody are stored. */
export class Acknowledged {
  #events: AcknowledgedEvent[] = []

  /** Oldest first. */
  get recent(): readonly AcknowledgedEvent[] {
    return this.#events.slice(-REMEMBERED)
  }

  add(events: readonly AcknowledgedEvent[]): void {
    for (const event of events) this.#events.push(event)
    if (this.#events.length > 2 * REMEMBERED) this.#events = this.#events.slice(-REMEMBERED)
  }
}
