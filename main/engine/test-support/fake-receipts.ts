import type { Id } from '../../../protocol/model/primitives.ts'
import type { Receipt } from '../../../protocol/model/receipt.ts'
import type { RequestBody } from '../../sync/transport.ts'

type Marks = Partial<Omit<Receipt, 'user'>>

/** How far the members of the fake server's conversations have come. */
export class FakeReceipts {
  readonly #marks = new Map<Id, Map<Id, Receipt>>()

  /** Moves marks; the receipt as it is then. */
  move(conversation: Id, user: Id, marks: Marks): Receipt {
    const known = this.#marks.get(conversation) ?? new Map<Id, Receipt>()
    this.#marks.set(conversation, known)
    const receipt = { ...this.of(conversation, user), ...marks }
    known.set(user, receipt)
    return receipt
  }

  of(conversation: Id, user: Id): Receipt {
    const none = { user, joined: 1, delivered: 0, read: 0 }
    return this.#marks.get(conversation)?.get(user) ?? none
  }

  /** Answers a request of a user; `membersOf` is empty for what the user may not see. */
  reply(
    user: Id,
    request: RequestBody<'delivered' | 'receipts'>,
    membersOf: (conversation: Id) => readonly Id[],
  ): object {
    if (request.op === 'delivered') {
      for (const [conversation, delivered] of Object.entries(request.upTo)) {
        this.move(conversation, user, { delivered })
      }
      return {}
    }
    const conversations = request.conversations.map((conversation) => ({
      conversation,
      receipts: membersOf(conversation).map((member) => this.of(conversation, member)),
    }))
    return { conversations: conversations.filter(({ receipts }) => receipts.length > 0) }
  }
}
