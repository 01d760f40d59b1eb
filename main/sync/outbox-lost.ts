import type { Message } from '../../protocol/model/message.ts'
import type { Id, IdempotencyKey } from '../../protocol/model/primitives.ts'
import type {
  EditOperation,
  MessageTarget,
  Operation,
  OperationStatus,
  RestingStatus,
  SendOperation,
} from './operation.ts'
import { localFailure } from './operation-failure.ts'
import { forgetTarget, hasFailedFor } from './outbox-dependants.ts'
import { isSettled, isThrownAway } from './outbox-state.ts'
import type { OutboxWork } from './outbox-work.ts'

/** What a restored server no longer has of the user's own, or may not have. */
export interface Lost {
  /** Own messages. */
  readonly messages: readonly Message[]
  /** Own messages that were edited, with a fresh key for the edit; they themselves are there. */
  readonly edits: readonly { readonly message: Message; readonly key: IdempotencyKey }[]
  /** Keys of all lost messages by their ids, also of those told apart from these: what quotes them follows them. */
  readonly keys: ReadonlyMap<Id, IdempotencyKey>
  /** Makes a fresh key, for each change that may have arrived before the message was lost. */
  readonly newKey: () => IdempotencyKey
}

/**
 * Own messages that a restored server no longer has: they come back as failed, before all else of their conversation,
 * so that the user sees them and decides. The same key sends them again, as another message: changes of it follow that.
 * One that the user had deleted does not come back; its deletion goes on, in case the server has it after all. While
 * that can be taken back, the message is held with it [M4]; a deletion that failed, or was thrown away, is none.
 *
 * Edits come back in the same way; when the message is seen as the server has it now, both texts are known.
 */
export function takeLost(work: OutboxWork, { messages, edits, keys, newKey }: Lost): void {
  for (const { message, key } of edits) takeLostEdit(work, message, key)
  const oldestFirst = [...messages].sort((a, b) => a.seq - b.seq)
  const first = work.lowestOrdinal() - oldestFirst.length
  oldestFirst.forEach((message, place) => {
    const { key, body, replyTo } = message
    if (key === undefined || body === undefined || work.get(key) !== null) return
    const deletion = deletionOf(work, message.conversation, key)
    if (deletion !== null && deletion.status.state !== 'held') return
    const wanted = forgetTarget(work, message.conversation, { key, body, newKey })
    work.insert({
      kind: 'send',
      key,
      conversation: message.conversation,
      createdAt: Date.parse(message.createdAt),
      body: wanted.body,
      replyTo: replyTo === undefined ? null : quoteOf(replyTo, keys.get(replyTo)),
      ordinal: first + place,
      attempts: 0,
      mayHaveArrived: false,
      status: heldWith(deletion, { state: 'failed', failure: localFailure('lost_by_server') }),
    })
  })
}

/** How a lost message stands: at rest, or gone from the screen as long as its deletion can be taken back. */
function heldWith(deletion: Operation | null, resume: RestingStatus): OperationStatus {
  if (deletion?.status.state !== 'held') return resume
  const { at, delayMs } = deletion.status
  return { state: 'held', what: 'delete', by: deletion.key, at, delayMs, resume }
}

function takeLostEdit(work: OutboxWork, message: Message, key: IdempotencyKey): void {
  const { id, conversation, body, version, editedAt } = message
  if (body === undefined || editedAt === undefined) return
  const target = { key: message.key ?? id, id }
  const isChanged = work
    .about(conversation, target.key)
    .some(({ operation }) => operation.kind === 'edit' && !isThrownAway(operation))
  const deletion = deletionOf(work, conversation, target.key)
  if (isChanged || (deletion !== null && deletion.status.state !== 'held')) return
  work.insert({
    kind: 'edit',
    key,
    conversation,
    createdAt: Date.parse(editedAt),
    target,
    body,
    baseVersion: version,
    ordinal: work.takeOrdinal(),
    attempts: 0,
    mayHaveArrived: false,
    status: { state: 'failed', failure: localFailure('lost_by_server') },
  })
}

/** Whether a message that the server has under the key of a send may be that one, edited or deleted since. */
export function isOurs(send: SendOperation): boolean {
  if (hasFailedFor(send, 'lost_by_server')) return true
  return send.mayHaveArrived && !hasFailedFor(send, 'key_reused')
}

/**
 * The server has a message under this key with another text, as the profile was copied or put back: the user's own
 * text stays, as an edit to be decided [O9].
 */
export function keepOtherText(
  work: OutboxWork,
  send: SendOperation,
  { id, body: theirs, version: theirVersion }: Message,
  key: IdempotencyKey,
): void {
  const { body: mine, conversation, createdAt } = send
  if (theirs === undefined || theirs === mine) return
  // A later version is an edit that came behind this text, unless the text itself is known never to have come.
  if (theirVersion > 1 && isOurs(send)) return
  work.insert({
    ...{ kind: 'edit', key, conversation, createdAt, body: mine, baseVersion: theirVersion },
    target: { key: send.key, id },
    ordinal: work.takeOrdinal(),
    attempts: 0,
    mayHaveArrived: false,
    status: { state: 'conflict', mine, theirs, theirVersion },
  })
}

/**
 * An own message as the server has it: an edit of it that may have been lost is there after all, or both texts are
 * known now and the user decides. Where the message was deleted there is nothing to choose between any more: the edit
 * has failed, and its text stays with it.
 */
export function compareLostEdits(work: OutboxWork, message: Message): void {
  const { body, version } = message
  for (const { operation } of work.about(message.conversation, message.key ?? message.id)) {
    if (operation.kind !== 'edit' || !isUndecided(operation, version)) continue
    if (body === undefined) {
      work.change({ ...operation, status: { state: 'failed', failure: { code: 'gone' } } })
    } else if (operation.body === body) work.remove(operation.key)
    else {
      const status = { state: 'conflict', mine: operation.body, theirs: body } as const
      work.change({ ...operation, status: { ...status, theirVersion: version } })
    }
  }
}

function isUndecided({ status }: EditOperation, version: number): boolean {
  if (status.state === 'conflict') return version >= status.theirVersion
  return status.state === 'failed' && status.failure.code === 'lost_by_server'
}

/** The deletion that the user wants of a message; one that has failed, or was thrown away, is none. */
function deletionOf(work: OutboxWork, conversation: Id, key: string): Operation | null {
  const deletion = work
    .about(conversation, key)
    .find(({ operation }) => operation.kind === 'delete' && !isThrownAway(operation))?.operation
  return deletion === undefined || isSettled(deletion) ? null : deletion
}

/** What a lost message quotes: another lost one is only known by its key until it is sent again. */
function quoteOf(id: Id, key: string | undefined): MessageTarget {
  return key === undefined ? { key: id, id } : { key, id: null }
}
