import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'

/** How many messages are kept: what a few turns write. With bodies of 16 KiB they are 16 MiB at most. */
export const MAX_RECENT = 1_000

/**
 * The messages that were written last, as they would be read back: most of what is read is what was just written, to
 * be shown. It knows nothing of transactions: who rolls back, or makes rows invisible, clears it.
 */
export class RecentMessages {
  readonly #byId = new Map<Id, Message>()
  readonly #byKey = new Map<string, Message>()

  byId(id: Id): Message | null {
    return this.#byId.get(id) ?? null
  }

  byKey(key: string): Message | null {
    return this.#byKey.get(key) ?? null
  }

  /** Keeps a message in place of the one with its id; beyond MAX_RECENT the one that was written first goes. */
  put(message: Message): void {
    this.#remove(message.id)
    this.#byId.set(message.id, message)
    if (message.key !== undefined) this.#byKey.set(message.key, message)
    if (this.#byId.size <= MAX_RECENT) return
    for (const oldest of this.#byId.keys()) {
      this.#remove(oldest)
      return
    }
  }

  clear(): void {
    this.#byId.clear()
    this.#byKey.clear()
  }

  #remove(id: Id): void {
    const message = this.#byId.get(id)
    if (message === undefined) return
    this.#byId.delete(id)
    if (message.key !== undefined && this.#byKey.get(message.key) === message) {
      this.#byKey.delete(message.key)
    }
  }
}
