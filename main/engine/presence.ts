import type { Id } from '../../protocol/model/primitives.ts'

/** Who is online, as far as this connection was told. Kept nowhere. */
export class Presence {
  readonly #online = new Set<Id>()

  isOnline(user: Id): boolean {
    return this.#online.has(user)
  }

  /** Whether something changed by it. */
  set(user: Id, online: boolean): boolean {
    if (this.#online.has(user) === online) return false
    if (online) this.#online.add(user)
    else this.#online.delete(user)
    return true
  }

  /** The connection is gone: nothing is known any more. Answers who was online. */
  clear(): Id[] {
    const users = [...this.#online]
    this.#online.clear()
    return users
  }
}
