import type { Conversation } from '../../protocol/model/conversation.ts'
import type { Id } from '../../protocol/model/primitives.ts'

/** Who is in which conversation, by person: what is told of one concerns few of many conversations. */
export class Memberships {
  readonly #byUser = new Map<Id, Set<Id>>()
  readonly #byConversation = new Map<Id, readonly Id[]>()

  /** The conversations of a user. */
  of(user: Id): Iterable<Id> {
    return this.#byUser.get(user) ?? []
  }

  /** Takes the members of a conversation, in place of those before. */
  put({ id, members }: Conversation): void {
    const now = members.map(({ user }) => user)
    const before = this.#byConversation.get(id) ?? []
    if (before.length === now.length && before.every((user, index) => user === now[index])) return
    for (const user of before) this.#byUser.get(user)?.delete(id)
    for (const user of now) {
      const conversations = this.#byUser.get(user)
      if (conversations === undefined) this.#byUser.set(user, new Set([id]))
      else conversations.add(id)
    }
    this.#byConversation.set(id, now)
  }
}
