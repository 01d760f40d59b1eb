import type { SearchAnswer, SearchResult } from '../../protocol/ipc/search.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { MessageSearchRequest } from '../store/message-search.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { LINK, matches, type SearchQuery } from '../store/search-query.ts'
import { snippet } from '../store/search-snippet.ts'
import { messageKey } from '../sync/message-projection.ts'
import { newestFirst, type OutboxState, pendingOn } from '../sync/outbox-state.ts'
import { NameSearch } from './name-search.ts'
import { parseSearch } from './search-filters.ts'
import type { MessageViews } from './views/message-views.ts'
import type { Workspace } from './workspace.ts'

/** How much text of unsent messages and edits one search reads, in UTF-16 code units: they are in no index. */
const UNSENT_TEXT_READ = 200_000

export interface SearchPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly outbox: () => OutboxState
  readonly views: (conversation: Id) => MessageViews
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
  /** setImmediate: steps of a long search let others have their turn [S6]. */
  readonly defer: (callback: () => void) => void
  /** Whether there are messages that are not on this device, in these conversations (null: in any). */
  readonly isComplete: (conversations: readonly Id[] | null) => boolean
}

/** A hit, and by when it is sorted. */
interface Hit {
  readonly result: SearchResult
  readonly isUnsent: boolean
}

/** Looks for messages, conversations and people on this device. */
export class Search {
  readonly #ports: SearchPorts
  readonly #names: NameSearch
  #latest = 0

  constructor(ports: SearchPorts) {
    this.#ports = ports
    this.#names = new NameSearch(ports.workspace)
  }

  /**
   * The newest messages that hold all that was typed, unsent ones first, as they are on screen: with edits that wait,
   * without what is being deleted. A search that another one follows ends early.
   */
  async find(typed: string, limit: number): Promise<SearchAnswer> {
    const { workspace, now, isComplete } = this.#ports
    const { request, problems, hasFilters } = parseSearch(typed, workspace, now())
    const names = hasFilters ? { conversations: [], people: [] } : this.#names.find(typed)
    const asksNothing = request.query.length === 0 && !hasFilters
    const hits = problems.length > 0 || asksNothing ? [] : await this.#messages(request, limit + 1)
    return {
      messages: hits.slice(0, limit).map(({ result }) => result),
      hasMore: hits.length > limit,
      ...names,
      problems: [...problems],
      isComplete: isComplete(request.conversations),
    }
  }

  async #messages(request: MessageSearchRequest, limit: number): Promise<Hit[]> {
    this.#latest += 1
    const own = this.#latest
    const hits = this.#pending(request, limit)
    const known = new Set(hits.map(({ result }) => result.message))
    let below: number | null = null
    while (hits.length < limit) {
      const step = this.#ports.store.searchStep(request, below, limit - hits.length)
      for (const message of step.messages) {
        if (known.has(messageKey(message))) continue
        const body = this.#bodyOnScreen(message)
        if (body === null || (body !== message.body && !matches(request.query, body))) continue
        hits.push({ result: this.#stored(request.query, message, body), isUnsent: false })
      }
      below = step.next
      if (below === null || own !== this.#latest) break
      if (hits.length < limit) await this.#pause()
      if (own !== this.#latest) break
    }
    return hits.sort((a, b) => Number(b.isUnsent) - Number(a.isUnsent) || b.result.at - a.result.at)
  }

  /** What waits in the outbox, the newest: messages, and new texts of messages. No more is made than is shown [S6]. */
  #pending(request: MessageSearchRequest, limit: number): Hit[] {
    const { outbox, store, workspace } = this.#ports
    const found = new Map<string, Hit>()
    let room = UNSENT_TEXT_READ
    for (const operation of newestFirst(outbox())) {
      if (found.size === limit) break
      if (operation.kind !== 'send' && operation.kind !== 'edit') continue
      room -= operation.body.length
      if (room < 0) break
      if (!matches(request.query, operation.body)) continue
      const { conversation, key, createdAt } = operation
      if (operation.kind === 'send') {
        const body = this.#ports.views(conversation).byKey(key)?.body ?? null
        const isWanted = fits(request, { author: workspace.self, conversation, at: createdAt })
        if (body === null || !isWanted || !matches(request.query, body)) continue
        const result = this.#result(
          request.query,
          { message: key, conversation, at: createdAt },
          body,
        )
        found.set(key, { result, isUnsent: true })
      } else {
        const { id } = operation.target
        const message = id === null ? null : store.messageById(id)
        if (message === null || message.deletedAt !== undefined) continue
        const body = this.#bodyOnScreen(message)
        const at = Date.parse(message.createdAt)
        const isWanted = fits(request, { author: message.author, conversation, at })
        if (body === null || !isWanted || !matches(request.query, body)) continue
        const result = this.#stored(request.query, message, body)
        found.set(result.message, { result, isUnsent: false })
      }
    }
    return [...found.values()]
  }

  /** The text that the screen shows of a stored message; null when it shows none. */
  #bodyOnScreen(message: Message): string | null {
    const { outbox, views } = this.#ports
    const { conversation } = message
    const isChanged = pendingOn(outbox(), conversation, messageKey(message)).length > 0
    return isChanged ? views(conversation).confirmed(message).body : (message.body ?? null)
  }

  #stored(query: SearchQuery, message: Message, body: string): SearchResult {
    const { conversation, author, seq } = message
    const at = Date.parse(message.createdAt)
    const place = { message: messageKey(message), conversation, at }
    return {
      ...this.#result(query, place, body),
      seq,
      authorName: this.#ports.workspace.nameOf(author),
    }
  }

  #result(
    query: SearchQuery,
    { message, conversation, at }: { message: string; conversation: Id; at: number },
    body: string,
  ): SearchResult {
    const { workspace } = this.#ports
    const record = workspace.record(conversation)
    const name = record === null ? 'Unknown' : workspace.conversationName(record)
    const marked = query.filter((phrases) => phrases !== LINK)
    return {
      message,
      conversation: { id: conversation, name },
      seq: null,
      authorName: workspace.nameOf(workspace.self),
      at,
      snippet: snippet(marked, body),
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#ports.defer(resolve))
  }
}

function fits(
  { authors, conversations, since, before }: MessageSearchRequest,
  of: { author: Id; conversation: Id; at: number },
): boolean {
  if (authors !== null && !authors.includes(of.author)) return false
  if (conversations !== null && !conversations.includes(of.conversation)) return false
  return of.at >= (since ?? of.at) && of.at < (before ?? Number.POSITIVE_INFINITY)
}
