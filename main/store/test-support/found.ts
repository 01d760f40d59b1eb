import type { Message } from '../../../protocol/model/message.ts'
import type { MessageSearchRequest } from '../message-search.ts'
import type { ProfileStore } from '../profile-store.ts'
import { parseQuery } from '../search-query.ts'

/** All that a search finds, step by step. */
export function found(
  store: ProfileStore,
  typed: string,
  limit: number,
  filter: Partial<MessageSearchRequest> = {},
): Message[] {
  const request: MessageSearchRequest = {
    query: parseQuery(typed),
    authors: null,
    conversations: null,
    since: null,
    before: null,
    ...filter,
  }
  const messages: Message[] = []
  let next: number | null = null
  do {
    const step = store.searchStep(request, next, limit - messages.length)
    messages.push(...step.messages)
    next = step.next
  } while (next !== null && messages.length < limit)
  return messages
}
