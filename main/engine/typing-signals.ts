import type { Id } from '../../protocol/model/primitives.ts'

/** Shortest time between two signals for one conversation, in ms. */
const TYPING_INTERVAL_MS = 3_000

/** Lets through one signal of typing a conversation every 3 s. */
export class TypingSignals {
  readonly #sentAt = new Map<Id, number>()

  /** Whether to tell the server now; `monotonicMs` is the steady clock. */
  isDue(conversation: Id, monotonicMs: number): boolean {
    const last = this.#sentAt.get(conversation)
    if (last !== undefined && monotonicMs - last < TYPING_INTERVAL_MS) return false
    this.#sentAt.set(conversation, monotonicMs)
    return true
  }
}
