import type { MessageState, PendingOperation } from '../../protocol/ipc/views.ts'
import type { Message, Reactions } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { Now } from './clock.ts'
import { withReaction } from './merge-message.ts'
import type { MessageTarget, Operation, OperationStatus, SendOperation } from './operation.ts'
import { targetOf } from './operation-request.ts'
import { statusView } from './operation-view.ts'
import type { Entry } from './outbox-state.ts'
import { receiptState, type Standing } from './receipts.ts'

/** A message as the screen shows it: what the server has, with what the user did on top, and how that stands. */
export interface ProjectedMessage {
  /** Stable from the key press on: the author's idempotency key, or the id where that is unknown. */
  readonly key: string
  readonly conversation: Id
  /** null until the server has answered. */
  readonly id: Id | null
  readonly seq: number | null
  readonly author: Id
  readonly own: boolean
  /** null: deleted. */
  readonly body: string | null
  /** ms since the epoch. */
  readonly createdAt: number
  readonly editedAt: number | null
  readonly replyTo: MessageTarget | null
  readonly reactions: Reactions
  readonly state: MessageState
  /** The oldest operation on it that is not confirmed. */
  readonly pending: PendingOperation | null
  readonly editable: boolean
}

export interface ProjectionContext {
  readonly self: Id
  readonly now: Now
  /** Nobody is signed in: what waits is parked [O8]. */
  readonly isSignedOut: boolean
  /** The server's time, ms since the epoch: it decides whether a message may still be edited. */
  readonly serverNowMs: number
  /** How long the author may edit, in ms. */
  readonly editWindowMs: number
  /** How far the others in the conversation have come. */
  readonly standing: Standing
}

/** The key under which a confirmed message is on screen. */
export function messageKey(message: Message): string {
  return message.key ?? message.id
}

/** The message on screen that an operation is about. */
export function subjectOf(operation: Operation): string {
  return operation.kind === 'send' ? operation.key : (targetOf(operation)?.key ?? operation.key)
}

/** A message that the server has, with the pending changes of it (`pending`: its group, in order). */
export function projectConfirmed(
  message: Message,
  pending: readonly Entry[],
  context: ProjectionContext,
): ProjectedMessage {
  const base = {
    key: messageKey(message),
    conversation: message.conversation,
    id: message.id,
    seq: message.seq,
    author: message.author,
    body: message.deletedAt === undefined ? (message.body ?? null) : null,
    createdAt: Date.parse(message.createdAt),
    editedAt: message.editedAt === undefined ? null : Date.parse(message.editedAt),
    replyTo: message.replyTo === undefined ? null : { key: message.replyTo, id: message.replyTo },
    reactions: message.reactions,
  }
  return project(base, pending, context)
}

/** A message that the server has not confirmed: its send, with the changes that follow it. */
export function projectUnsent(
  send: SendOperation,
  pending: readonly Entry[],
  context: ProjectionContext,
): ProjectedMessage {
  const base = {
    key: send.key,
    conversation: send.conversation,
    id: null,
    seq: null,
    author: context.self,
    body: send.body,
    createdAt: send.createdAt,
    editedAt: null,
    replyTo: send.replyTo,
    reactions: {},
  }
  return project(base, pending, context)
}

type Base = Omit<ProjectedMessage, 'own' | 'state' | 'pending' | 'editable'>

function project(
  base: Base,
  pending: readonly Entry[],
  context: ProjectionContext,
): ProjectedMessage {
  const { self, serverNowMs, editWindowMs, standing } = context
  const shown = pending.reduce((message, { operation }) => overlay(message, operation, self), base)
  const own = base.author === self
  const inWindow = base.id === null || serverNowMs - base.createdAt < editWindowMs
  const first = pending[0]
  return {
    ...shown,
    own,
    state: pendingState(pending) ?? settledState(base, own, standing),
    pending:
      first === undefined
        ? null
        : {
            key: first.operation.key,
            kind: first.operation.kind,
            status: statusView(first, context),
          },
    editable: own && shown.body !== null && inWindow,
  }
}

/**
 * What an operation makes of the message on screen. A deletion or reaction that failed did not happen; a text that
 * failed stays in sight, marked, as it is the user's; one in conflict is in the dialog, beside the server's here.
 */
function overlay(message: Base, operation: Operation, self: Id): Base {
  const { state } = operation.status
  switch (operation.kind) {
    case 'edit':
      if (state === 'conflict') return message
      return { ...message, body: operation.body, editedAt: operation.createdAt }
    case 'delete':
      return state === 'failed' ? message : { ...message, body: null, reactions: {} }
    case 'react': {
      if (state === 'failed') return message
      const { emoji, on } = operation
      return { ...message, reactions: withReaction(message.reactions, emoji, self, on) }
    }
    case 'send':
    case 'read':
      return message
  }
}

/** The state of the oldest pending operation that the message's text depends on; reactions do not touch it. */
function pendingState(pending: readonly Entry[]): MessageState | null {
  const decisive = pending.find(({ operation }) => operation.kind !== 'react')
  return decisive === undefined ? null : operationMessageState(decisive.operation)
}

/** The state of a message with nothing pending: how far one's own has come, by what others have told [R1]. */
function settledState({ seq }: Base, own: boolean, standing: Standing): MessageState {
  if (seq === null) return 'queued'
  return own ? receiptState(seq, standing) : 'sent'
}

/** How a message stands whose text hangs on this operation. Waiting for an answer that never came is unconfirmed [O11]. */
function operationMessageState({ status }: Operation): MessageState {
  return messageState(status)
}

function messageState(status: OperationStatus): MessageState {
  switch (status.state) {
    case 'queued':
    case 'sending':
    case 'unconfirmed':
    case 'failed':
      return status.state
    case 'waiting':
      return isSilence(status.failure.code) ? 'unconfirmed' : 'queued'
    case 'conflict':
      return 'failed'
    case 'held':
      return 'queued'
  }
}

/** Nothing was heard of it: neither in time nor before the line ended. */
function isSilence(code: string): boolean {
  return code === 'timeout' || code === 'network'
}
