import type { Message } from '../../../protocol/model/message.ts'
import { type ErrorCode, wireError } from '../../../protocol/wire/error.ts'
import type { Failure } from '../../../protocol/wire/failure.ts'
import type { Operation, OperationDraft, OperationKind } from '../operation.ts'
import { statusView } from '../operation-view.ts'
import { stepOutbox } from '../outbox.ts'
import type { OutboxEffect, OutboxInput } from '../outbox-protocol.ts'
import {
  allOperations,
  EMPTY_OUTBOX,
  isSignedOut,
  nextOutboxDeadline,
  type OutboxState,
} from '../outbox-state.ts'
import type { Outcome, RequestBody } from '../transport.ts'

type Transmit = Extract<OutboxEffect, { type: 'transmit' }>
type Confirm = Extract<OutboxEffect, { type: 'confirm' }>

/** A UUID that tells which one it is. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

/** Drives the outbox as the engine does: rows are written before anything is transmitted, and survive a restart. */
export class OutboxDriver {
  state: OutboxState = EMPTY_OUTBOX
  monotonicMs = 1_000
  wallMs = 1_700_000_000_000
  /** What is on disk. */
  readonly rows = new Map<string, Operation>()
  readonly transmitted: Transmit[] = []
  readonly confirmed: Confirm[] = []
  readonly effects: OutboxEffect[] = []
  /** Row writes, for tests that count them. */
  writes = 0
  #lastKey = 0

  step(input: OutboxInput): OutboxEffect[] {
    const now = { monotonicMs: this.monotonicMs, wallMs: this.wallMs }
    const { state, effects } = stepOutbox(this.state, input, now)
    this.state = state
    this.effects.push(...effects)
    for (const effect of effects) this.#run(effect)
    return effects
  }

  online(ordered = false): OutboxEffect[] {
    return this.step({ type: 'online', ordered, maxBodyBytes: 16 * 1024 })
  }

  /** A restored server no longer has these own messages. */
  lose(...messages: readonly Message[]): OutboxEffect[] {
    const keys = new Map(messages.flatMap(({ id, key }) => (key === undefined ? [] : [[id, key]])))
    return this.step({
      type: 'lost',
      lost: { messages, edits: [], keys, newKey: () => this.newKey() },
    })
  }

  /** A restored server may no longer have the last edit of this own message. */
  loseEdit(message: Message, key: string): OutboxEffect[] {
    const edits = [{ message, key }]
    const lost = { messages: [], edits, keys: new Map(), newKey: () => this.newKey() }
    return this.step({ type: 'lost', lost })
  }

  /** An own message is seen in its stream. */
  observe(message: Message): OutboxEffect[] {
    this.#lastKey += 1
    return this.step({ type: 'observed', message, newKey: uuid(this.#lastKey) })
  }

  offline(closeCode: number | null = null): OutboxEffect[] {
    return this.step({ type: 'offline', closeCode })
  }

  /** Lets time pass, ticking whenever the outbox wants it. */
  pass(ms: number): void {
    const end = this.monotonicMs + ms
    for (;;) {
      const next = nextOutboxDeadline(this.state)
      if (next === null || next > end) break
      this.#advance(Math.max(next - this.monotonicMs, 0))
      this.step({ type: 'tick' })
    }
    this.#advance(end - this.monotonicMs)
  }

  /** kill -9 and a new start: only the rows are left; the clock of the process begins anew. */
  restart(downMs = 0): void {
    this.wallMs += downMs
    this.monotonicMs = 50
    this.state = EMPTY_OUTBOX
    const operations: Operation[] = JSON.parse(JSON.stringify([...this.rows.values()]))
    this.step({ type: 'load', operations, unreadable: [] })
  }

  newKey(): string {
    this.#lastKey += 1
    return uuid(this.#lastKey)
  }

  enqueue(draft: OperationDraft): string {
    this.step({ type: 'enqueue', draft })
    return draft.key
  }

  send(body: string, conversation = 'c', replyTo: string | null = null): string {
    return this.enqueue({
      kind: 'send',
      ...this.#base(conversation),
      body,
      replyTo: replyTo === null ? null : { key: replyTo, id: null },
    })
  }

  /** Edits a message: `id` and `baseVersion` as the engine knows them, null for an unsent one. */
  edit(key: string, body: string, id: string | null = null, baseVersion: number | null = null) {
    return this.enqueue({
      kind: 'edit',
      ...this.#base('c'),
      target: { key, id },
      body,
      baseVersion,
    })
  }

  delete(key: string, id: string | null = null): string {
    return this.enqueue({ kind: 'delete', ...this.#base('c'), target: { key, id } })
  }

  react(key: string, on: boolean, id: string | null = null): string {
    return this.enqueue({ kind: 'react', ...this.#base('c'), target: { key, id }, emoji: '👍', on })
  }

  read(seq: number, conversation = 'c'): string {
    return this.enqueue({ kind: 'read', ...this.#base(conversation), seq })
  }

  retry(key: string): void {
    this.step({ type: 'retry', key })
  }

  discard(key: string): void {
    this.step({ type: 'discard', key, deleteKey: this.newKey() })
  }

  operation(key: string): Operation {
    const found = allOperations(this.state).find((operation) => operation.key === key)
    if (found === undefined) throw new Error(`no operation ${key}`)
    return found
  }

  has(key: string): boolean {
    return allOperations(this.state).some((operation) => operation.key === key)
  }

  stateOf(key: string): string {
    return this.operation(key).status.state
  }

  /** How it stands on the screen. */
  shownState(key: string): string {
    const { state, monotonicMs, wallMs } = this
    const entry = [...state.entries.values()].find(({ operation }) => operation.key === key)
    if (entry === undefined) throw new Error(`no operation ${key}`)
    const now = { monotonicMs, wallMs }
    return statusView(entry, { now, isSignedOut: isSignedOut(state) }).state
  }

  /** Bodies or kinds of what was transmitted, in order. */
  sent(): string[] {
    return this.transmitted.map(({ request }) => ('body' in request ? request.body : request.op))
  }

  last(): Transmit {
    const last = this.transmitted.at(-1)
    if (last === undefined) throw new Error('nothing was transmitted')
    return last
  }

  /** The newest transmission of a key. */
  lastOf(key: string): Transmit {
    const last = this.transmitted.findLast((transmit) => transmit.key === key)
    if (last === undefined) throw new Error(`${key} was not transmitted`)
    return last
  }

  accept(transmit: Transmit = this.last(), extra: { version?: number; id?: string } = {}): void {
    this.#settle(transmit, accepted(transmit.request, extra))
  }

  refuse(
    code: ErrorCode,
    extra: { retryAfterMs?: number; details?: unknown } = {},
    transmit: Transmit = this.last(),
  ): void {
    this.fail({ kind: 'answered', error: wireError(code, 'words', extra) }, transmit)
  }

  fail(failure: Failure, transmit: Transmit = this.last()): void {
    this.#settle(transmit, {
      ok: false,
      op: transmit.request.op,
      failure,
    } as Outcome<OperationKind>)
  }

  #settle(transmit: Transmit, outcome: Outcome<OperationKind>): void {
    const { key, transmission } = transmit
    this.step({ type: 'outcome', key, transmission, outcome })
  }

  #base(conversation: string): { key: string; conversation: string; createdAt: number } {
    return { key: this.newKey(), conversation, createdAt: this.wallMs }
  }

  #advance(ms: number): void {
    this.monotonicMs += ms
    this.wallMs += ms
  }

  #run(effect: OutboxEffect): void {
    switch (effect.type) {
      case 'put':
        this.rows.set(effect.operation.key, effect.operation)
        this.writes += 1
        break
      case 'confirm':
        this.confirmed.push(effect)
        this.rows.delete(effect.operation.key)
        break
      case 'remove':
        this.rows.delete(effect.operation.key)
        break
      case 'transmit':
        if (this.rows.get(effect.key)?.mayHaveArrived !== true) {
          throw new Error('transmitted before the row says so')
        }
        this.transmitted.push(effect)
        break
      case 'show':
      case 'learn':
      case 'refuse':
      case 'sign-out':
      case 'remove-unreadable':
    }
  }
}

/** A message as a server answers it. */
export function messageOf(fields: Partial<Message> & { id: string }): Message {
  return {
    conversation: 'c',
    seq: 1,
    author: 'me',
    body: 'hello',
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    reactions: {},
    ...fields,
  }
}

function accepted(
  request: RequestBody<OperationKind>,
  { version = 2, id = 'm1' }: { version?: number; id?: string },
): Outcome<OperationKind> {
  const ok = { re: 1, ok: true } as const
  switch (request.op) {
    case 'send': {
      const { key, conversation, body } = request
      const message = messageOf({ id, key, conversation, body })
      return { ok: true, op: 'send', reply: { ...ok, message, seq: 1 } }
    }
    case 'edit':
      return { ok: true, op: 'edit', reply: { ...ok, seq: 2, version } }
    case 'delete':
      return { ok: true, op: 'delete', reply: { ...ok, seq: 2 } }
    case 'react':
      return { ok: true, op: 'react', reply: { ...ok, seq: 2 } }
    case 'read':
      return { ok: true, op: 'read', reply: ok }
  }
}
