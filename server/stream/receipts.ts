import type { Id } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { MovedReceipt } from '../domain/change.ts'
import type { AnyCommand } from '../domain/command.ts'
import { Overloaded } from '../limits/overloaded.ts'
import type { Outcome } from '../store/store.ts'
import type { Timing } from '../timing.ts'
import type { Signal } from './stream-bus.ts'

/**
 * Marks that arrive within this are stored together, in ms: however many devices say how far they are, it is a few
 * transactions a second, and those who send hardly wait for them.
 */
const GATHER_MS = 300
/** What moves within this is told together, in ms, and within this much longer for everyone who hears of it. */
const TELL_MS = 100
const TELL_MS_EACH = 10
/** Marks that may wait to be stored [V7]. */
const MAX_WAITING = 50_000

export interface ReceiptsOptions {
  readonly timing: Pick<Timing, 'later'>
  readonly execute: (command: AnyCommand) => Promise<Outcome>
  readonly signal: (signal: Signal) => void
  /** How many connections of this node hear of a conversation. */
  readonly audienceSize: (conversation: Id) => number
}

/** Marks of one gathering, by user and conversation, and what became of each once they are stored. */
interface Gathering {
  readonly marks: Map<string, { user: Id; conversation: Id; seq: number }>
  readonly outcomes: Promise<ReadonlyMap<string, Promise<Outcome>>>
}

/**
 * How far members have come [R1, R2]: gathers what their devices say, so that it costs a commit for all, and tells the
 * others, so that a burst is one push.
 */
export class Receipts {
  readonly #options: ReceiptsOptions
  #gathering: Gathering | null = null
  /** By conversation, then by user: what is about to be told. */
  readonly #moved = new Map<Id, Map<Id, Receipt>>()
  #lane = 0

  constructor(options: ReceiptsOptions) {
    this.#options = options
  }

  /**
   * A device of `user` has stored each conversation up to a seq. Resolves when that is durable, with an outcome for each.
   *
   * @throws Overloaded when too many marks wait
   */
  async deliver(
    user: Id,
    upTo: readonly (readonly [conversation: Id, seq: number])[],
  ): Promise<readonly Outcome[]> {
    const gathering = this.#gather()
    const { marks } = gathering
    if (marks.size + upTo.length > MAX_WAITING) throw new Overloaded('too many marks at once')
    const keys = upTo.map(([conversation, seq]) => {
      const key = `${conversation} ${user}`
      marks.set(key, { user, conversation, seq: Math.max(seq, marks.get(key)?.seq ?? 0) })
      return key
    })
    const outcomes = await gathering.outcomes
    return Promise.all(keys.flatMap((key) => outcomes.get(key) ?? []))
  }

  /** Someone came further, and that is durable: the others are told soon. */
  moved({ conversation, receipt }: MovedReceipt): void {
    const waiting = this.#moved.get(conversation)
    if (waiting !== undefined) {
      waiting.set(receipt.user, furthest(receipt, waiting.get(receipt.user)))
      return
    }
    const { timing, signal, audienceSize } = this.#options
    const moved = new Map([[receipt.user, receipt]])
    this.#moved.set(conversation, moved)
    timing.later(
      () => {
        this.#moved.delete(conversation)
        signal({ type: 'receipts', conversation, receipts: [...moved.values()] })
      },
      TELL_MS + TELL_MS_EACH * audienceSize(conversation),
    )
  }

  #gather(): Gathering {
    if (this.#gathering !== null) return this.#gathering
    const marks: Gathering['marks'] = new Map()
    const outcomes = new Promise<void>((resolve) => {
      this.#options.timing.later(resolve, GATHER_MS)
    }).then(() => {
      this.#gathering = null
      return new Map(
        Array.from(marks, ([key, { user, conversation, seq }]) => [
          key,
          this.#store(user, conversation, seq),
        ]),
      )
    })
    this.#gathering = { marks, outcomes }
    return this.#gathering
  }

  async #store(actor: Id, conversation: Id, seq: number): Promise<Outcome> {
    // A lane of its own: marks take effect in any order, and no connection's requests wait for them.
    this.#lane -= 1
    const outcome = await this.#options.execute({
      op: 'delivered',
      request: { op: 'delivered', conversation, seq },
      actor,
      fingerprint: new Uint8Array(),
      freshId: '',
      lane: this.#lane,
    })
    if (outcome.ok && outcome.moved !== undefined) this.moved(outcome.moved)
    return outcome
  }
}

function furthest(receipt: Receipt, other: Receipt = receipt): Receipt {
  return {
    user: receipt.user,
    joined: Math.max(receipt.joined, other.joined),
    delivered: Math.max(receipt.delivered, other.delivered),
    read: Math.max(receipt.read, other.read),
  }
}
