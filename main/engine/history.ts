import type { Result } from '../../protocol/ipc/api.ts'
import type { MessagesPage, MessageView } from '../../protocol/ipc/views.ts'
import { MAX_HISTORY_PAGE } from '../../protocol/limits.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Cursor, Id, Seq } from '../../protocol/model/primitives.ts'
import { type KeptMessage, rawText } from '../../protocol/model/received.ts'
import type { StoredPage } from '../store/messages-table.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { mergeMessage } from '../sync/merge-message.ts'
import type { StreamCursor } from '../sync/storage.ts'
import type { Outcome, Transport } from '../sync/transport.ts'
import { type Changes, MAX_MESSAGES_A_SET } from './changes.ts'
import type { EventApplier } from './event-applier.ts'
import type { Keeper } from './keeper.ts'
import type { Logger } from './ports.ts'
import type { TurnLoop } from './turn-loop.ts'
import { requestFailure } from './views/failure-view.ts'
import type { MessageViews } from './views/message-views.ts'
import type { Workspace } from './workspace.ts'

/** Messages that one question asks for at least: the next page is then there already. */
const MIN_FETCH = 100

export interface HistoryPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly changes: Changes
  readonly loop: TurnLoop
  readonly transport: Pick<Transport, 'request'>
  readonly logger: Logger
  readonly cursor: (conversation: Id) => StreamCursor | null
  /** The last event that the server is known to have. */
  readonly head: (conversation: Id) => Cursor
  readonly isOnline: () => boolean
  readonly views: (conversation: Id) => MessageViews
  readonly applier: EventApplier
  readonly keeper: Keeper
}

interface PageRequest {
  readonly conversation: Id
  readonly before?: Seq | undefined
  readonly limit: number
}

/** Messages that the server told, and those of them that do not fit. */
interface HistoryPage {
  readonly messages: readonly Message[]
  readonly misfits: readonly KeptMessage[]
}

/** `older`: below this seq; `newer`: what the stream has not brought yet. */
export type Missing = { readonly kind: 'older'; readonly below: Seq } | { readonly kind: 'newer' }

/** A fetch under way, and the changes of messages that came meanwhile and were not stored yet. */
interface Fetch {
  readonly done: Promise<Outcome<'history'>>
  readonly orphans: StreamEvent[]
}

/**
 * Pages of messages: from the store, and from the server where the store ends. What is stored of a conversation is one
 * range without a hole: everything from `fetchedFrom` (or the stream's floor) to the cursor.
 */
export class History {
  readonly #ports: HistoryPorts
  readonly #fetches = new Map<Id, Fetch>()
  /** Conversations of which unreadable rows were asked for again. */
  readonly #healed = new Set<Id>()

  constructor(ports: HistoryPorts) {
    this.#ports = ports
  }

  /** A page, oldest first. Waits for the server only where the store has nothing (more) to show. */
  async page(request: PageRequest): Promise<Result<MessagesPage>> {
    const { conversation, before, limit } = request
    const { workspace, changes } = this.#ports
    if (workspace.record(conversation) === null) {
      return { ok: false, failure: { code: 'not_found' } }
    }
    changes.watch(conversation)
    for (;;) {
      const stored = this.#stored(conversation, before, limit)
      const { rows } = stored
      const isWanted = before === undefined ? rows === 0 : rows < limit
      if (!isWanted || !this.#mayHaveOlder(conversation)) {
        return { ok: true, value: this.#shown(request, stored) }
      }
      const outcome = await this.#fetch(conversation, limit - rows)
      if (outcome.ok) continue
      if (rows === 0 && before !== undefined) {
        return { ok: false, failure: requestFailure(outcome.failure) }
      }
      return { ok: true, value: this.#shown(request, this.#stored(conversation, before, limit)) }
    }
  }

  /** What the server has of a conversation, and this device has not; null: nothing, as far as is known. */
  missing(conversation: Id): Missing | null {
    const cursor = this.#ports.cursor(conversation)
    const from = this.#storedFrom(conversation)
    if (cursor === null || from === null) return { kind: 'newer' }
    if (from > 1) return { kind: 'older', below: from }
    return this.#ports.head(conversation) > cursor.applied ? { kind: 'newer' } : null
  }

  /** Fetches and stores the page below all that is stored. */
  fetchOlder(conversation: Id): Promise<Outcome<'history'>> {
    return this.#fetch(conversation, MAX_HISTORY_PAGE)
  }

  /** A change of a message that is not stored: kept while a page is on its way that may be older than it. */
  orphaned(conversation: Id, event: StreamEvent): void {
    this.#fetches.get(conversation)?.orphans.push(event)
  }

  #shown({ conversation, before }: PageRequest, page: StoredPage): MessagesPage {
    if (page.unreadable.length > 0) this.#damaged(conversation, page, before)
    const shown = this.#ports.views(conversation)
    const messages = page.messages.flatMap((message): MessageView[] =>
      this.#ports.keeper.shown(message, () => [shown.confirmed(message)]),
    )
    messages.reverse()
    if (before === undefined) messages.push(...this.#unsent(conversation, shown))
    const below = page.lowest ?? before ?? null
    const isMoreStored = below !== null && this.#stored(conversation, below, 1).rows > 0
    return { messages, hasOlder: isMoreStored || this.#mayHaveOlder(conversation) }
  }

  /** What waits here. Of thousands the first ones; the others are told behind them, some at a time [S6]. */
  #unsent(conversation: Id, shown: MessageViews): MessageView[] {
    const { first, rest } = shown.unsent(MAX_MESSAGES_A_SET)
    for (const key of rest) this.#ports.changes.message(conversation, key)
    return first
  }

  /** What is stored without a hole: a row below that (the answer to an old question) has to wait for its neighbours. */
  #stored(conversation: Id, before: Seq | undefined, limit: number): StoredPage {
    const from = this.#storedFrom(conversation) ?? 0
    return this.#ports.store.messagesPage(conversation, { from, before: before ?? null, limit })
  }

  /** Lowest seq from which on everything is stored; null before the stream began here. */
  #storedFrom(conversation: Id): Seq | null {
    const cursor = this.#ports.cursor(conversation)
    if (cursor === null) return null
    return this.#ports.store.fetchedFrom(conversation) ?? cursor.floor + 1
  }

  /** Whether the server may have messages that are older than all that is stored. */
  #mayHaveOlder(conversation: Id): boolean {
    const from = this.#storedFrom(conversation)
    return from !== null && from > 1
  }

  /** Asks for what is below the stored range; one question a conversation at a time. */
  #fetch(conversation: Id, missing: number): Promise<Outcome<'history'>> {
    const running = this.#fetches.get(conversation)
    if (running !== undefined) return running.done
    const before = this.#storedFrom(conversation) ?? 1
    const limit = Math.min(Math.max(missing, MIN_FETCH), MAX_HISTORY_PAGE)
    const orphans: StreamEvent[] = []
    const done = this.#fetchBelow(conversation, before, limit, orphans).finally(() => {
      this.#fetches.delete(conversation)
    })
    this.#fetches.set(conversation, { done, orphans })
    return done
  }

  async #fetchBelow(
    conversation: Id,
    before: Seq,
    limit: number,
    orphans: readonly StreamEvent[],
  ): Promise<Outcome<'history'>> {
    const { transport, loop } = this.#ports
    const outcome = await transport.request<'history'>({
      op: 'history',
      conversation,
      before,
      limit,
    })
    if (!outcome.ok) return outcome
    await loop.run(() => {
      // Restored or replaced meanwhile: what was asked for no longer joins what is stored.
      if (this.#storedFrom(conversation) !== before) return
      // Nothing below is the beginning; a server may answer with less than was asked for.
      const lowest = this.#store(conversation, before, outcome.reply)
      this.#ports.store.setFetchedFrom(conversation, lowest ?? 1)
      this.#ports.workspace.fetched(conversation)
      for (const event of orphans) this.#ports.applier.apply(conversation, event)
    })
    return outcome
  }

  /** Merges what the server told into the rows; the lowest seq of it, null for nothing below `before`. */
  #store(conversation: Id, before: Seq, { messages, misfits }: HistoryPage): Seq | null {
    const { keeper, logger } = this.#ports
    let lowest: Seq | null = null
    for (const { id, seq, raw } of misfits) {
      const place = { kind: 'message', stream: conversation, seq: seq ?? 0, name: id } as const
      keeper.keep({ ...place, reason: 'misfit', raw: rawText(raw) })
      if (seq !== null && seq < before) lowest = Math.min(lowest ?? seq, seq)
    }
    for (const told of messages) {
      if (told.conversation !== conversation || told.seq >= before) {
        logger.warn({ conversation, seq: told.seq }, 'a message that was not asked for')
        continue
      }
      const place = { kind: 'message', stream: conversation, seq: told.seq, name: told.id } as const
      keeper.guard(place, told, undefined, () => this.#storeOne(told))
      lowest = Math.min(lowest ?? told.seq, told.seq)
    }
    return lowest
  }

  #storeOne(told: Message): void {
    const { store, workspace, keeper } = this.#ports
    const stored = store.messageById(told.id)
    const message = mergeMessage(stored, told)
    if (message !== stored) workspace.putMessage(message, stored)
    const { conversation: stream, seq, id: name } = told
    if (keeper.unread(stream) > 0) keeper.unkeep({ kind: 'row', stream, seq, name })
  }

  /** Rows that cannot be read are told, and asked for again. */
  #damaged(conversation: Id, { rows, unreadable }: StoredPage, before: Seq | undefined): void {
    const { loop, keeper } = this.#ports
    loop.post(() => {
      for (const row of unreadable) {
        const place = { kind: 'row', stream: conversation, seq: row.seq, name: row.id } as const
        keeper.keep({ ...place, reason: 'misfit', raw: rawText(row) })
      }
    })
    this.#heal(conversation, rows, before)
  }

  /** Rows that cannot be read are asked for again, once; the server has them. */
  #heal(conversation: Id, rows: number, before: Seq | undefined): void {
    const { transport, loop, isOnline } = this.#ports
    if (!isOnline() || this.#healed.has(conversation)) return
    this.#healed.add(conversation)
    const limit = Math.min(rows, MAX_HISTORY_PAGE)
    const bound = before === undefined ? {} : { before }
    void transport
      .request<'history'>({ op: 'history', conversation, limit, ...bound })
      .then((outcome) => {
        if (!outcome.ok) return
        loop.post(() =>
          this.#store(conversation, before ?? Number.POSITIVE_INFINITY, outcome.reply),
        )
      })
  }
}
