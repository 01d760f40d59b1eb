import { randomUUID } from 'node:crypto'
import type { Result } from '../../protocol/ipc/api.ts'
import type { ArgumentOf } from '../../protocol/ipc/schemas.ts'
import type { FailureView } from '../../protocol/ipc/views.ts'
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id, IdempotencyKey } from '../../protocol/model/primitives.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { NO_DRAFT } from '../sync/draft.ts'
import { messageKey } from '../sync/message-projection.ts'
import type { MessageTarget, OperationDraft } from '../sync/operation.ts'
import { sizeFailure } from '../sync/operation-failure.ts'
import { failureView } from '../sync/operation-view.ts'
import { findOperation, pendingOn } from '../sync/outbox-state.ts'
import { UNDO_MS } from '../sync/retry-policy.ts'
import type { StreamCursor } from '../sync/storage.ts'
import type { OutboxDriver } from './outbox-driver.ts'
import { inConversation } from './views/failure-view.ts'
import type { Workspace } from './workspace.ts'

export interface CommandPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly outbox: OutboxDriver
  readonly cursor: (conversation: Id) => StreamCursor | null
  /** Largest body that the server takes, in bytes. */
  readonly maxBodyBytes: () => number
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

type Answer = Result<null>

const DONE: Answer = { ok: true, value: null }

/** A message on screen that a command is about. */
interface Subject {
  readonly conversation: Id
  readonly target: MessageTarget
  /** null while its send is not confirmed. */
  readonly message: Message | null
}

/**
 * What the user does to messages. Each runs inside a turn and is answered after its commit [O1]; the same key again is
 * answered as if for the first time, and adds nothing [O2].
 */
export class Commands {
  readonly #ports: CommandPorts

  constructor(ports: CommandPorts) {
    this.#ports = ports
  }

  send({ key, conversation, body, replyTo }: ArgumentOf<'sendMessage'>): Answer {
    if (this.#isKnown(key)) return DONE
    const refusal = this.#refusalIn(conversation) ?? this.#refusalOf(body)
    if (refusal !== null) return refusal
    const quoted = replyTo === undefined ? null : this.#find(replyTo)
    if (replyTo !== undefined && quoted?.conversation !== conversation) return refuse('not_found')
    const answer = this.#enqueue({
      kind: 'send',
      key,
      conversation,
      createdAt: this.#ports.now(),
      body,
      replyTo: quoted?.target ?? null,
    })
    if (answer.ok) this.#clearDraft(conversation, body)
    return answer
  }

  edit({ key, message, body, original }: ArgumentOf<'editMessage'>): Answer {
    const subject = this.#find(message)
    if (subject === null) return refuse('not_found')
    if (subject.message?.deletedAt !== undefined) return refuse('gone')
    const refusal = this.#refusalOf(body)
    if (refusal !== null) return refusal
    const { conversation, target } = subject
    const answer = this.#enqueue({
      kind: 'edit',
      key,
      conversation,
      createdAt: this.#ports.now(),
      target,
      body,
      baseVersion: this.#seenVersion(subject, original),
    })
    if (answer.ok) this.#endEdit(conversation, message)
    return answer
  }

  remove({ key, message }: ArgumentOf<'deleteMessage'>): Answer {
    const subject = this.#find(message)
    // Deleting what is gone already is a repeat.
    if (subject === null || subject.message?.deletedAt !== undefined) return DONE
    const { conversation, target } = subject
    const createdAt = this.#ports.now()
    return this.#enqueue({ kind: 'delete', key, conversation, createdAt, target }, UNDO_MS)
  }

  react({ key, message, emoji, on }: ArgumentOf<'reactToMessage'>): Answer {
    const subject = this.#find(message)
    if (subject === null) return refuse('not_found')
    if (subject.message?.deletedAt !== undefined) return refuse('gone')
    const { conversation, target } = subject
    const createdAt = this.#ports.now()
    return this.#enqueue({ kind: 'react', key, conversation, createdAt, target, emoji, on })
  }

  /** Moves the read marker here at once, and on the server when it can be. */
  markRead({ conversation, seq }: ArgumentOf<'markRead'>): void {
    const { workspace, cursor, now } = this.#ports
    const record = workspace.record(conversation)
    const upTo = Math.min(seq, cursor(conversation)?.applied ?? 0)
    if (record === null || upTo <= record.readUpTo) return
    // How far it was read elsewhere is asked for: what is between was never shown.
    if (!workspace.reading.isKnown(conversation)) return
    workspace.putRecord({ ...record, readUpTo: upTo })
    if (!record.member) return
    this.#enqueue({ kind: 'read', key: randomUUID(), conversation, createdAt: now(), seq: upTo })
  }

  saveDraft({ conversation, body, about = null }: ArgumentOf<'saveDraft'>): void {
    if (this.#ports.workspace.record(conversation) === null) return
    this.#ports.workspace.putDraft(conversation, { body, about })
  }

  keepPlace({ conversation, place }: ArgumentOf<'keepPlace'>): void {
    this.#ports.workspace.putPlace(conversation, place)
  }

  keepOpen({ conversation }: ArgumentOf<'keepOpen'>): void {
    this.#ports.workspace.putLastConversation(conversation)
  }

  retry(key: string): Answer {
    this.#ports.outbox.feed({ type: 'retry', key })
    return DONE
  }

  retryAll(): Answer {
    this.#ports.outbox.retryAll()
    return DONE
  }

  discard(key: string): Answer {
    this.#ports.outbox.feed({ type: 'discard', key, deleteKey: randomUUID(), holdMs: UNDO_MS })
    return DONE
  }

  /** Takes a deletion or a discard back; too late, it does nothing. */
  undo(key: string): Answer {
    this.#ports.outbox.feed({ type: 'undo', key })
    return DONE
  }

  resolve({ key, choice }: ArgumentOf<'resolveConflict'>): Answer {
    this.#ports.outbox.feed({ type: 'resolve', key, choice, newKey: randomUUID() })
    return DONE
  }

  #enqueue(draft: OperationDraft, holdMs = 0): Answer {
    const { outbox } = this.#ports
    const refusal = outbox.feed({ type: 'enqueue', draft, holdMs })
    return refusal === null ? DONE : { ok: false, failure: failureView(refusal) }
  }

  /** Whether an operation with this key was taken before: it waits, or it became a message of one's own. */
  #isKnown(key: IdempotencyKey): boolean {
    const { outbox, store, workspace } = this.#ports
    if (findOperation(outbox.state, key) !== null) return true
    return store.messageByKey(key)?.author === workspace.self
  }

  #refusalIn(conversation: Id): Answer | null {
    const { workspace } = this.#ports
    const record = workspace.record(conversation)
    if (record === null) return refuse('not_found')
    if (record.member) return null
    const failure = inConversation({ code: 'forbidden' }, workspace.conversationName(record))
    return { ok: false, failure }
  }

  /**
   * What is over the server's limit is kept as failed, to be edited. What could not even be sent is not taken at all:
   * whoever pasted a book has it in the box, and sees how long it is.
   */
  #refusalOf(body: string): Answer | null {
    if (body.length <= MAX_FRAME_BYTES) return null
    const failure = sizeFailure(body, this.#ports.maxBodyBytes())
    return failure === null ? null : { ok: false, failure: failureView(failure) }
  }

  #find(key: string): Subject | null {
    const { outbox, store } = this.#ports
    const message = store.messageByKey(key) ?? store.messageById(key)
    if (message !== null) {
      const target = { key: messageKey(message), id: message.id }
      return { conversation: message.conversation, target, message }
    }
    const send = findOperation(outbox.state, key)
    if (send?.kind !== 'send') return null
    return { conversation: send.conversation, target: { key, id: null }, message: null }
  }

  /**
   * The version that the user had before them: the one before this where the text has changed elsewhere since the edit
   * began, so that the change is not written over unseen.
   */
  #seenVersion({ conversation, target, message }: Subject, original?: string): number | null {
    if (message === null) return null
    const isChanged = original !== undefined && message.body !== original && message.version > 1
    if (!isChanged) return message.version
    // A waiting edit of one's own is what was seen.
    const pending = pendingOn(this.#ports.outbox.state, conversation, target.key)
    const isOwn = pending.some(({ operation }) => operation.kind === 'edit')
    return isOwn ? message.version : message.version - 1
  }

  /** The text is in the outbox now: kept as a draft too, it would come back after a kill and be sent twice. */
  #clearDraft(conversation: Id, body: string): void {
    const { workspace } = this.#ports
    const draft = workspace.draft(conversation)
    if (draft.about?.kind === 'edit' || draft.body.trim() !== body.trim()) return
    workspace.putDraft(conversation, NO_DRAFT)
  }

  #endEdit(conversation: Id, message: string): void {
    const { workspace } = this.#ports
    const { body, about } = workspace.draft(conversation)
    if (about?.kind !== 'edit' || about.message !== message) return
    workspace.putDraft(conversation, { body, about: null })
  }
}

function refuse(code: FailureView['code']): Answer {
  return { ok: false, failure: { code } }
}
