import type { Message } from '../../../protocol/model/message.ts'
import { wireError } from '../../../protocol/wire/error.ts'
import type { OperationKind } from '../operation.ts'
import type { Outcome, RequestBody } from '../transport.ts'
import { messageOf } from './outbox-driver.ts'

type Request = RequestBody<OperationKind>

/** What befalls one request. */
export type Fault = 'none' | 'unavailable' | 'internal' | 'rate_limited' | 'answer lost'

/**
 * A server small enough to be believed: keys are applied once, `after` is honoured, edits are checked against the
 * version. It logs what it applied, in order, which is what the tests compare with what the user did.
 */
export class ModelServer {
  /** Keys in the order in which they were applied, by conversation. */
  readonly log = new Map<string, string[]>()
  readonly messages = new Map<string, Message>()
  readonly readMarks = new Map<string, number>()
  /** Keys that are refused for good, whatever the content. */
  readonly poisoned = new Set<string>()
  /** Conversations that the user is not a member of at present. */
  readonly closed = new Set<string>()
  /** Set when a key came again with other content: the client must never do that. */
  reusedKeys: string[] = []
  readonly #applied = new Map<string, { content: string; outcome: Outcome<OperationKind> }>()

  /** Takes a request; null when its answer is lost. */
  take(request: Request, fault: Fault): Outcome<OperationKind> | null {
    if (fault === 'rate_limited') {
      return refused(request, wireError('rate_limited', '', { retryAfterMs: 3000 }))
    }
    if (fault === 'unavailable' || fault === 'internal') {
      return refused(request, wireError(fault, ''))
    }
    const outcome = this.#apply(request)
    return fault === 'answer lost' ? null : outcome
  }

  /** Another device of the user edits a message. */
  editElsewhere(key: string, body: string): void {
    const message = this.messageByKey(key)
    if (message === undefined || message.deletedAt !== undefined) return
    this.messages.set(message.id, { ...message, body, version: message.version + 1 })
  }

  /** Another device of the user deletes a message. */
  deleteElsewhere(key: string): void {
    const message = this.messageByKey(key)
    if (message !== undefined) this.#bury(message)
  }

  messageByKey(key: string): Message | undefined {
    return [...this.messages.values()].find((message) => message.key === key)
  }

  isApplied(key: string): boolean {
    return this.#applied.has(key)
  }

  #apply(request: Request): Outcome<OperationKind> {
    const { key } = request
    if (request.op === 'read') return this.#read(request)
    if (key === undefined) throw new Error('a change without a key')
    const content = contentOf(request)
    const before = this.#applied.get(key)
    if (before !== undefined) {
      if (before.content === content) return before.outcome
      this.reusedKeys.push(key)
      return refused(request, wireError('key_reused', ''))
    }
    const { after } = request
    if (after !== undefined && !this.#applied.has(after)) {
      return refused(request, wireError('out_of_order', ''))
    }
    if (this.poisoned.has(key)) return refused(request, wireError('invalid', ''))
    if (request.op === 'send' && this.closed.has(request.conversation)) {
      return refused(request, wireError('forbidden', ''))
    }
    const outcome = this.#change(request)
    if (outcome.ok) this.#applied.set(key, { content, outcome })
    return outcome
  }

  #read(request: Extract<Request, { op: 'read' }>): Outcome<OperationKind> {
    const mark = this.readMarks.get(request.conversation) ?? 0
    this.readMarks.set(request.conversation, Math.max(mark, request.seq))
    return { ok: true, op: 'read', reply: { re: 1, ok: true } }
  }

  #change(request: Exclude<Request, { op: 'read' }>): Outcome<OperationKind> {
    if (request.op === 'send') return this.#send(request)
    const message = this.messages.get(request.message)
    if (message === undefined) return refused(request, wireError('not_found', ''))
    const ok = { re: 1, ok: true, seq: this.#record(request, message.conversation) } as const
    switch (request.op) {
      case 'edit': {
        if (message.deletedAt !== undefined) return this.#undo(request, message, 'gone')
        if (request.baseVersion !== message.version) return this.#undo(request, message, 'conflict')
        const version = message.version + 1
        this.messages.set(message.id, { ...message, body: request.body, version })
        return { ok: true, op: 'edit', reply: { ...ok, version } }
      }
      case 'delete': {
        this.#bury(message)
        return { ok: true, op: 'delete', reply: ok }
      }
      case 'react':
        return { ok: true, op: 'react', reply: ok }
    }
  }

  #bury({ body: _gone, ...rest }: Message): void {
    this.messages.set(rest.id, { ...rest, deletedAt: '2026-01-01T00:00:00.000Z' })
  }

  #send(request: Extract<Request, { op: 'send' }>): Outcome<OperationKind> {
    const { key, conversation, body } = request
    const seq = this.#record(request, conversation)
    const message = messageOf({ id: `id-${key}`, key, conversation, body, seq })
    this.messages.set(message.id, message)
    return { ok: true, op: 'send', reply: { re: 1, ok: true, message, seq } }
  }

  #record(request: Exclude<Request, { op: 'read' }>, conversation: string): number {
    const log = this.log.get(conversation) ?? []
    this.log.set(conversation, [...log, request.key])
    return log.length + 1
  }

  #undo(
    request: Exclude<Request, { op: 'read' }>,
    message: Message,
    code: 'gone' | 'conflict',
  ): Outcome<OperationKind> {
    const log = this.log.get(message.conversation) ?? []
    this.log.set(message.conversation, log.slice(0, -1))
    return refused(request, wireError(code, '', { details: { current: message } }))
  }
}

/** What must be the same when a key comes again; `after` is no part of it. */
function contentOf(request: Request): string {
  const { after: _order, ...content } = { after: undefined, ...request }
  return JSON.stringify(content)
}

function refused(request: Request, error: ReturnType<typeof wireError>): Outcome<OperationKind> {
  return {
    ok: false,
    op: request.op,
    failure: { kind: 'answered', error },
  } as Outcome<OperationKind>
}
