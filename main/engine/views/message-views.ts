import type { MessageView, ReactionView } from '../../../protocol/ipc/views.ts'
import type { Message } from '../../../protocol/model/message.ts'
import type { Id } from '../../../protocol/model/primitives.ts'
import type { ProfileStore } from '../../store/profile-store.ts'
import type { Now } from '../../sync/clock.ts'
import {
  messageKey,
  type ProjectedMessage,
  type ProjectionContext,
  projectConfirmed,
  projectUnsent,
} from '../../sync/message-projection.ts'
import type { MessageTarget, SendOperation } from '../../sync/operation.ts'
import {
  type Entry,
  findOperation,
  isSignedOut,
  isThrownAway,
  type OutboxState,
  pendingOf,
  pendingOn,
} from '../../sync/outbox-state.ts'
import type { ServerClock } from '../../sync/server-clock.ts'
import type { ReceiptBook } from '../receipt-book.ts'
import type { Workspace } from '../workspace.ts'
import { withConversation } from './failure-view.ts'
import { previewOf } from './preview.ts'

export interface MessageViewPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly receipts: Pick<ReceiptBook, 'standing' | 'reach'>
  readonly outbox: () => OutboxState
  readonly now: () => Now
  readonly serverClock: Pick<ServerClock, 'now'>
  readonly editWindowMs: () => number
}

/** Messages of one conversation as they are at one moment, with what is pending on them; made for one telling. */
export class MessageViews {
  readonly #ports: MessageViewPorts
  readonly #conversation: Id
  readonly #outbox: OutboxState
  readonly #context: ProjectionContext

  constructor(ports: MessageViewPorts, conversation: Id) {
    this.#ports = ports
    this.#conversation = conversation
    this.#outbox = ports.outbox()
    this.#context = {
      self: ports.workspace.self,
      now: ports.now(),
      isSignedOut: isSignedOut(this.#outbox),
      serverNowMs: ports.serverClock.now(ports.now()),
      editWindowMs: ports.editWindowMs(),
      standing: ports.receipts.standing(conversation),
    }
  }

  /** A message that the server has. */
  confirmed(message: Message): MessageView {
    const pending = this.#pendingOn(messageKey(message))
    return this.#view(projectConfirmed(message, pending, this.#context))
  }

  /** What the server has not confirmed, in the order it was made: the first ones, and the keys of the others. */
  unsent(limit: number): { first: MessageView[]; rest: string[] } {
    const sends = pendingOf(this.#outbox, this.#conversation).flatMap(({ operation }) =>
      operation.kind === 'send' ? [operation] : [],
    )
    return {
      first: sends.slice(0, limit).map((send) => this.#unsentView(send)),
      rest: sends.slice(limit).map(({ key }) => key),
    }
  }

  /** The message with this key now; null when there is none any more. */
  byKey(key: string): MessageView | null {
    const { store } = this.#ports
    const stored = store.messageByKey(key) ?? store.messageById(key)
    if (stored?.conversation === this.#conversation) return this.confirmed(stored)
    const send = this.#pendingSend(key)
    return send === null ? null : this.#unsentView(send)
  }

  #unsentView(send: SendOperation): MessageView {
    return this.#view(projectUnsent(send, this.#pendingOn(send.key), this.#context))
  }

  #view(message: ProjectedMessage): MessageView {
    const { workspace } = this.#ports
    const { author, replyTo, reactions, pending, ...rest } = message
    return {
      ...rest,
      author: { id: author, ...workspace.person(author) },
      replyTo: replyTo === null ? null : this.#quote(replyTo),
      reach: message.own ? this.#reach(message) : null,
      reactions: Object.entries(reactions).map(([emoji, users]) => this.#reaction(emoji, users)),
      pending:
        pending === null
          ? null
          : { ...pending, status: withConversation(pending.status, this.#name()) },
    }
  }

  #reach({ conversation, seq }: ProjectedMessage): MessageView['reach'] {
    return seq === null ? null : this.#ports.receipts.reach(conversation, seq)
  }

  #reaction(emoji: string, users: readonly Id[]): ReactionView {
    const { workspace } = this.#ports
    return {
      emoji,
      users: users.map((id) => ({ id, ...workspace.person(id) })),
      mine: users.includes(workspace.self),
    }
  }

  /** What a reply quotes: the message as it is now, or nothing but its key where it is not here. */
  #quote({ key, id }: MessageTarget): MessageView['replyTo'] {
    const { store, workspace } = this.#ports
    const stored = id === null ? store.messageByKey(key) : store.messageById(id)
    if (stored !== null) {
      const { seq, author, body, deletedAt } = stored
      return {
        key: messageKey(stored),
        seq,
        authorName: workspace.nameOf(author),
        preview: deletedAt === undefined ? previewOf(body ?? '') : '',
      }
    }
    const send = this.#pendingSend(key)
    if (send === null) return { key, seq: null, authorName: '', preview: '' }
    const authorName = workspace.nameOf(workspace.self)
    return { key, seq: null, authorName, preview: previewOf(send.body) }
  }

  #pendingOn(key: string): Entry[] {
    return pendingOn(this.#outbox, this.#conversation, key)
  }

  #pendingSend(key: string): SendOperation | null {
    const operation = findOperation(this.#outbox, key)
    if (operation?.kind !== 'send' || isThrownAway(operation)) return null
    return operation.conversation === this.#conversation ? operation : null
  }

  #name(): string | null {
    const record = this.#ports.workspace.record(this.#conversation)
    return record === null ? null : this.#ports.workspace.conversationName(record)
  }
}
