import {
  type Cursor,
  type Cursors,
  type Id,
  isUserStream,
} from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { Clock, Timers } from '../sync/clock.ts'
import type { StreamCursor } from '../sync/storage.ts'
import type { Transport } from '../sync/transport.ts'
import type { Changes } from './changes.ts'
import { DeliveryReports } from './delivery-reports.ts'
import type { Keeper } from './keeper.ts'
import { ReceiptBook } from './receipt-book.ts'
import { ReceiptQuestions } from './receipt-questions.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

export interface ReceiptPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly changes: Changes
  readonly loop: TurnLoop
  readonly transport: Pick<Transport, 'request'>
  readonly clock: Clock
  readonly timers: Timers
  readonly keeper: Keeper
  readonly isOnline: () => boolean
  readonly cursor: (conversation: Id) => StreamCursor | null
  /** The highest seq of a conversation that is known to exist. */
  readonly head: (conversation: Id) => Cursor
}

/** How far everyone is in the conversations: what is known, what is asked, and what is told of this device [R1–R4]. */
export class Receipts {
  readonly book: ReceiptBook
  readonly #ports: ReceiptPorts
  readonly #questions: ReceiptQuestions
  readonly #reports: DeliveryReports

  constructor(ports: ReceiptPorts) {
    this.#ports = ports
    this.book = new ReceiptBook(ports)
    const { book } = this
    this.#questions = new ReceiptQuestions({ ...ports, book })
    this.#reports = new DeliveryReports({ ...ports, book })
  }

  /** A message of somebody else is stored; inside the turn that stores it. */
  received(conversation: Id, seq: Cursor): void {
    this.#reports.received(conversation, seq)
  }

  /** The server said which streams the user may read: what may have moved since is asked for, and told, in steps [S6]. */
  greeted(heads: Cursors): void {
    const { loop } = this.#ports
    loop.post(() => {
      this.#questions.greeted()
      this.#reports.greeted()
    })
    const streams = Object.keys(heads)
    let next = 0
    loop.addBulk({
      step: (isOver) => {
        for (let stream = streams[next]; stream !== undefined; stream = streams[next]) {
          next += 1
          if (!isUserStream(stream)) this.#compare(stream)
          if (isOver()) break
        }
        return next === streams.length ? 'done' : 'more'
      },
    })
  }

  /** The members of a conversation were told anew; inside a turn. */
  membersTold(conversation: Id): void {
    this.book.membersChanged(conversation)
    this.#questions.want(conversation)
  }

  /** The server pushed what moved. */
  pushed(conversation: Id, receipts: readonly Receipt[]): void {
    const { loop, workspace, keeper } = this.#ports
    const place = { kind: 'push', stream: conversation, seq: 0, name: 'receipts' } as const
    loop.post(() => {
      if (workspace.record(conversation) === null) return
      keeper.guard(place, receipts, undefined, () => this.book.take(conversation, receipts))
    })
  }

  /** What was stored of a conversation is being cleared. */
  forget(conversation: Id): void {
    this.book.forget(conversation)
    this.#reports.forget(conversation)
  }

  stop(): void {
    this.#questions.stop()
    this.#reports.stop()
  }

  #compare(conversation: Id): void {
    const applied = this.#ports.cursor(conversation)?.applied ?? 0
    if (applied > this.book.own(conversation)) this.#reports.received(conversation, applied)
    this.#questions.consider(conversation)
  }
}
