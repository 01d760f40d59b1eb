import { randomUUID } from 'node:crypto'
import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { ERROR_CODES, isErrorCode } from '../../protocol/wire/error.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { type Clock, instantOf, type Timers } from '../sync/clock.ts'
import { confirmedMessage, mergeMessage } from '../sync/merge-message.ts'
import { subjectOf } from '../sync/message-projection.ts'
import type { Operation } from '../sync/operation.ts'
import type { OperationFailure } from '../sync/operation-failure.ts'
import { stepOutbox } from '../sync/outbox.ts'
import type { ConfirmedResult, OutboxEffect, OutboxInput } from '../sync/outbox-protocol.ts'
import {
  allOperations,
  EMPTY_OUTBOX,
  isSignedOut,
  messagesPending,
  nextOutboxDeadline,
  type OutboxState,
} from '../sync/outbox-state.ts'
import type { StreamCursor } from '../sync/storage.ts'
import type { Transport } from '../sync/transport.ts'
import type { Changes } from './changes.ts'
import { DeadlineTimer } from './deadline-timer.ts'
import { inSlices } from './in-slices.ts'
import type { Keeper } from './keeper.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

export interface OutboxPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly changes: Changes
  readonly loop: TurnLoop
  readonly keeper: Pick<Keeper, 'guard'>
  readonly transport: Pick<Transport, 'request'>
  readonly clock: Clock
  readonly timers: Pick<Timers, 'set'>
  /** How far the stream of a conversation is stored; null before its first event. */
  readonly cursor: (conversation: Id) => StreamCursor | null
  /** The server no longer knows the token; everything is parked already [O8]. */
  readonly signedOut: () => void
}

/** Runs the outbox machine: its state, its rows, its requests, its timer. */
export class OutboxDriver {
  readonly #ports: OutboxPorts
  readonly #timer: DeadlineTimer
  #state: OutboxState = EMPTY_OUTBOX

  constructor(ports: OutboxPorts) {
    this.#ports = ports
    this.#timer = new DeadlineTimer(ports, () => {
      ports.loop.post(() => this.feed({ type: 'tick' }))
    })
  }

  get state(): OutboxState {
    return this.#state
  }

  /** Takes the stored rows over; nothing is written for it. */
  load(): void {
    const rows = this.#ports.store.loadOutbox()
    const thrownAway = this.#ports.store.setting('thrownAway') ?? []
    const load = { type: 'load', ...rows, thrownAway } as const
    this.#state = stepOutbox(EMPTY_OUTBOX, load, this.#now()).state
  }

  /**
   * One step of the machine, inside a turn: its rows are written with the turn, its requests leave after the commit.
   * Answers why the operation with this input's key was not taken, null when it was.
   */
  feed(input: OutboxInput): OperationFailure | null {
    const { state, effects } = stepOutbox(this.#state, input, this.#now())
    if (isSignedOut(state) !== isSignedOut(this.#state)) this.#showWaiting(state)
    this.#state = state
    let refusal: OperationFailure | null = null
    for (const effect of effects) {
      if (effect.type === 'refuse') refusal = effect.failure
      else this.#perform(effect)
    }
    for (const effect of effects) {
      if (effect.type === 'put' && isRefusedRead(effect.operation)) {
        this.feed({ type: 'discard', key: effect.operation.key, deleteKey: randomUUID() })
      }
    }
    return refusal
  }

  /** Tries everything again that failed or waits. */
  retryAll(): void {
    this.#retry(({ status: { state } }) => state === 'failed' || state === 'waiting')
  }

  /** Gives read markers that were given up another chance: they are no text of the user's that waits to be seen. */
  retryReads(): void {
    this.#retry(({ kind, status }) => kind === 'read' && status.state === 'failed')
  }

  #retry(wanted: (operation: Operation) => boolean): void {
    const keys = allOperations(this.#state).flatMap((one) => (wanted(one) ? [one.key] : []))
    if (keys.length > 0) {
      inSlices(this.#ports.loop, keys.values(), (key) => this.feed({ type: 'retry', key }))
    }
  }

  /** Sets the timer to the machine's next deadline; called after every turn. */
  rearm(): void {
    this.#timer.aim(nextOutboxDeadline(this.#state))
  }

  stop(): void {
    this.#timer.stop()
  }

  #perform(effect: Exclude<OutboxEffect, { type: 'refuse' }>): void {
    const { store, loop, changes } = this.#ports
    switch (effect.type) {
      case 'put':
        store.putOperation(effect.operation)
        this.#show(effect.operation)
        break
      case 'show':
        this.#show(effect.operation)
        break
      case 'remove':
        store.removeOperation(effect.operation.key)
        this.#show(effect.operation)
        break
      case 'throw-away':
        store.putSetting('thrownAway', effect.rows.length === 0 ? null : [...effect.rows])
        changes.outbox()
        break
      case 'remove-unreadable':
        store.removeOperation(effect.key)
        changes.outbox()
        break
      case 'confirm':
        this.#confirm(effect)
        break
      case 'learn':
        this.#learn(effect.message)
        break
      case 'transmit':
        loop.afterCommit(() => this.#transmit(effect))
        break
      case 'sign-out':
        loop.afterCommit(() => this.#ports.signedOut())
        break
    }
  }

  #confirm({ operation, result }: Extract<OutboxEffect, { type: 'confirm' }>): void {
    const { store, workspace } = this.#ports
    store.removeOperation(operation.key)
    this.#show(operation)
    const id = confirmedId(result)
    const stored = id === null ? null : store.messageById(id)
    const at = new Date(this.#now().wallMs).toISOString()
    const applied = this.#ports.cursor(operation.conversation)?.applied ?? 0
    const context = { self: workspace.self, at, applied }
    const message = confirmedMessage(operation, result, stored, context)
    if (message !== null && message !== stored) workspace.putMessage(message, stored)
  }

  #learn(told: Message): void {
    const { store, workspace } = this.#ports
    const stored = store.messageById(told.id)
    if (stored === null) return
    const message = mergeMessage(stored, told)
    if (message !== stored) workspace.putMessage(message, stored)
  }

  #transmit({ key, transmission, request }: Extract<OutboxEffect, { type: 'transmit' }>): void {
    const { transport, loop, keeper } = this.#ports
    // The machine keeps the time of an answer itself [O4].
    void transport.request(request, null).then((outcome) => {
      const place = { kind: 'reply', stream: '', seq: 0, name: `${request.op} ${key}` } as const
      loop.post(() => {
        keeper.guard(place, outcome, null, () => {
          this.feed({ type: 'outcome', key, transmission, outcome })
        })
      })
    })
  }

  #show(operation: Operation): void {
    const { changes } = this.#ports
    if (operation.kind === 'read') return
    changes.operation(operation.conversation, subjectOf(operation))
    changes.conversation(operation.conversation)
    changes.outbox()
  }

  /** Whether somebody is signed in is told of each message that waits, where it is looked at. */
  #showWaiting(state: OutboxState): void {
    const { changes, loop } = this.#ports
    inSlices(loop, messagesPending(state, [...changes.watched()]), (operation) =>
      changes.message(operation.conversation, subjectOf(operation)),
    )
    changes.outbox()
  }

  #now() {
    return instantOf(this.#ports.clock)
  }
}

/** A read marker that the server will never take: nothing the user wrote is lost with it. */
function isRefusedRead({ kind, status }: Operation): boolean {
  if (kind !== 'read' || status.state !== 'failed') return false
  const { code } = status.failure
  return isErrorCode(code) && ERROR_CODES[code].class === 'permanent'
}

/** The id of the message that an answer is about. */
function confirmedId(result: ConfirmedResult): Id | null {
  switch (result.kind) {
    case 'send':
      return result.message.id
    case 'edit':
    case 'delete':
    case 'react':
      return result.message
    case 'read':
      return null
  }
}
