import type { SearchResult } from '../../protocol/ipc/views.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { matches, parseQuery, type SearchQuery, snippet } from '../store/search-text.ts'
import { messageKey } from '../sync/message-projection.ts'
import type { OutboxState } from '../sync/outbox-state.ts'
import type { Workspace } from './workspace.ts'

/** How much text of unsent messages one search reads, in UTF-16 code units: they are in no index. */
const UNSENT_TEXT_READ = 200_000

export interface SearchPorts {
  readonly store: ProfileStore
  readonly workspace: Workspace
  readonly outbox: () => OutboxState
}

/** Messages that hold all words of the query, each at least as a beginning: unsent ones first, then the newest. */
export function searchMessages(ports: SearchPorts, typed: string, limit: number): SearchResult[] {
  const query = parseQuery(typed)
  const unsent = searchUnsent(ports, query).slice(0, limit)
  const stored = ports.store.search(query, limit - unsent.length).map((message) => ({
    message: messageKey(message),
    conversation: named(ports, message.conversation),
    seq: message.seq,
    authorName: ports.workspace.nameOf(message.author),
    at: Date.parse(message.createdAt),
    snippet: snippet(query, message.body ?? ''),
  }))
  return [...unsent, ...stored]
}

function searchUnsent(ports: SearchPorts, query: SearchQuery): SearchResult[] {
  const found: SearchResult[] = []
  let room = UNSENT_TEXT_READ
  for (const { operation } of ports.outbox().entries.values()) {
    if (operation.kind !== 'send') continue
    room -= operation.body.length
    if (room < 0) break
    if (!matches(query, operation.body)) continue
    found.push({
      message: operation.key,
      conversation: named(ports, operation.conversation),
      seq: null,
      authorName: ports.workspace.nameOf(ports.workspace.self),
      at: operation.createdAt,
      snippet: snippet(query, operation.body),
    })
  }
  return newestFirst(found)
}

function newestFirst(results: SearchResult[]): SearchResult[] {
  return results.sort((a, b) => b.at - a.at)
}

function named({ workspace }: SearchPorts, id: string): SearchResult['conversation'] {
  const record = workspace.record(id)
  return { id, name: record === null ? 'Unknown' : workspace.conversationName(record) }
}
