import { MAX_RECEIPTS_ASKED } from '../../protocol/limits.ts'
import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { ConversationReceipts } from '../../protocol/model/receipt.ts'
import { classifyFailure } from '../../protocol/wire/failure.ts'
import { isPlaceholder } from '../sync/apply-event.ts'
import type { Timers } from '../sync/clock.ts'
import type { Transport } from '../sync/transport.ts'
import type { Changes } from './changes.ts'
import type { Keeper } from './keeper.ts'
import type { ReceiptBook } from './receipt-book.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

/** Members that the conversations of one question have together: their receipts fit into an answer. */
const MAX_MEMBERS_ASKED = 2_000
/** How long after a failed question the next follows, in ms. */
const AGAIN_MS = 5_000
/**
 * How often the conversations on screen are asked for anew, in ms, while somebody has not read all in them: between
 * nodes of a server, word of a receipt can get lost.
 */
export const REFRESH_MS = 5 * 60_000

export interface QuestionPorts {
  readonly book: Pick<ReceiptBook, 'standing' | 'take'>
  readonly workspace: Pick<Workspace, 'self' | 'records' | 'record' | 'reading' | 'ownMarksTold'>
  readonly changes: Pick<Changes, 'isWatched'>
  readonly loop: Pick<TurnLoop, 'post'>
  readonly transport: Pick<Transport, 'request'>
  readonly timers: Pick<Timers, 'set'>
  readonly keeper: Keeper
  readonly isOnline: () => boolean
  /** The highest seq of a conversation that is known to exist. */
  readonly head: (conversation: Id) => Cursor
}

/**
 * Asks how far others are, where that may be other than what is known [R4]: after each greeting, and now and then. The
 * first question of a connection also has the server push what moves from then on.
 */
export class ReceiptQuestions {
  readonly #ports: QuestionPorts
  readonly #wanted = new Set<Id>()
  /** Of a connection; what was asked on an older one is of no interest. */
  #greeting = 0
  #isAsking = false
  #isRefused = false
  #cancelRefresh: () => void = () => undefined
  #cancelAgain: () => void = () => undefined

  constructor(ports: QuestionPorts) {
    this.#ports = ports
  }

  /** A new connection, on which nothing is pushed yet. Inside a turn. */
  greeted(): void {
    this.#greeting += 1
    this.#isAsking = false
    this.#isRefused = false
    this.#ask(true)
    this.#refreshLater()
  }

  /** Asks for a conversation if there is something to learn of it. Inside a turn. */
  consider(conversation: Id): void {
    if (this.#membersToAskFor(conversation) > 0) this.want(conversation)
  }

  /** A conversation is to be asked for. Inside a turn. */
  want(conversation: Id): void {
    this.#wanted.add(conversation)
    this.#ask(false)
  }

  stop(): void {
    this.#cancelRefresh()
    this.#cancelAgain()
    this.#wanted.clear()
  }

  #ask(isFirst: boolean): void {
    const { transport, loop, isOnline } = this.#ports
    if (this.#isAsking || this.#isRefused || !isOnline()) return
    const conversations = this.#taken()
    if (conversations.length === 0 && !isFirst) return
    const greeting = this.#greeting
    this.#isAsking = true
    void transport.request<'receipts'>({ op: 'receipts', conversations }).then((outcome) => {
      if (greeting !== this.#greeting) return
      loop.post(() => {
        if (greeting !== this.#greeting) return
        this.#isAsking = false
        if (outcome.ok) {
          for (const told of outcome.reply.conversations) this.#take(told)
          this.#ask(false)
        } else if (classifyFailure(outcome.failure) === 'retryable') {
          this.#again(conversations, isFirst)
        } else {
          this.#isRefused = true
          this.#ports.workspace.reading.unavailable()
        }
      })
    })
  }

  #take({ conversation, receipts }: ConversationReceipts): void {
    const { workspace, keeper, book } = this.#ports
    if (workspace.record(conversation) === null) return
    const place = { kind: 'reply', stream: conversation, seq: 0, name: 'receipts' } as const
    keeper.guard(place, receipts, undefined, () => {
      book.take(conversation, receipts)
      const own = receipts.find(({ user }) => user === workspace.self)
      if (own !== undefined) workspace.ownMarksTold(conversation, own)
    })
  }

  /** As many of those wanted as fit into one question, without those of which all is known. */
  #taken(): Id[] {
    const taken: Id[] = []
    let room = MAX_MEMBERS_ASKED
    for (const conversation of this.#wanted) {
      const members = this.#membersToAskFor(conversation)
      if (taken.length === MAX_RECEIPTS_ASKED || (taken.length > 0 && members > room)) break
      this.#wanted.delete(conversation)
      if (members === 0) continue
      room -= members
      taken.push(conversation)
    }
    return taken
  }

  /** How many members a conversation has; 0 when there is nothing to learn of them. */
  #membersToAskFor(id: Id): number {
    const { workspace, book, head } = this.#ports
    const record = workspace.record(id)
    if (record === null || !record.member || isPlaceholder(record)) return 0
    const { length } = record.conversation.members
    const isNews = book.standing(id).read < head(id) || !workspace.reading.isKnown(id)
    return length > 1 && isNews ? length : 0
  }

  #again(conversations: readonly Id[], isFirst: boolean): void {
    this.#cancelAgain()
    const greeting = this.#greeting
    this.#cancelAgain = this.#ports.timers.set(AGAIN_MS, () => {
      this.#ports.loop.post(() => {
        if (greeting !== this.#greeting) return
        for (const conversation of conversations) this.#wanted.add(conversation)
        this.#ask(isFirst)
      })
    })
  }

  #refreshLater(): void {
    const { timers, loop, changes, workspace } = this.#ports
    this.#cancelRefresh()
    this.#cancelRefresh = timers.set(REFRESH_MS, () => {
      this.#refreshLater()
      loop.post(() => {
        for (const { conversation } of workspace.records()) {
          if (changes.isWatched(conversation.id)) this.#wanted.add(conversation.id)
        }
        this.#ask(false)
      })
    })
  }
}
