import type { Id } from '../model/primitives.ts'

/** What a search shows. Free of zod. */

/** A message that was found. */
export interface SearchResult {
  message: string
  conversation: { id: Id; name: string }
  seq: number | null
  authorName: string
  at: number
  /** Text around the match, split so that the renderer can mark it without HTML. */
  snippet: { text: string; match: boolean }[]
}

/** A filter that cannot be followed; then no message is found. */
export interface SearchProblem {
  filter: 'from' | 'in' | 'before' | 'after' | 'has' | 'is'
  value: string
  /**
   * `empty`: nothing stands behind it yet; `nobody`, `nowhere`: no name here fits; `no_date`; `unknown`: there is no such
   * thing to look for.
   */
  reason: 'empty' | 'nobody' | 'nowhere' | 'no_date' | 'unknown'
}

/** All that was found. */
export interface SearchAnswer {
  /** The newest first, unsent ones before. */
  messages: SearchResult[]
  /** Whether there are more messages than these. */
  hasMore: boolean
  conversations: { id: Id; name: string }[]
  /** People with whom no conversation of two was found. */
  people: { id: Id; name: string; username: string }[]
  problems: SearchProblem[]
  /** Whether all messages that there are were looked at; see SearchScope. */
  isComplete: boolean
}

/** How much of what the user may read is on this device, where it is searched. */
export interface SearchScope {
  /** Everything is. */
  isComplete: boolean
  /** The server has older messages. Without these, the newest ones are still on their way. */
  hasOlder: boolean
  /** From this instant on everything is, ms since the epoch; null while that cannot be said. */
  backTo: number | null
}
