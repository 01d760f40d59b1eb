import type { SearchAnswer, SearchProblem, SearchScope } from '../../protocol/ipc/search.ts'
import { count } from './numbers.ts'
import type { TimeFormat } from './time.ts'

/** How many messages were found; never more than is known. */
export function describeCount({ messages, hasMore, isComplete }: SearchAnswer): string {
  if (hasMore) return `${messages.length}+ messages found, the newest ${messages.length} are shown`
  if (messages.length > 0) return `${count(messages.length, 'message')} found`
  return isComplete ? 'No messages found' : 'Nothing found in the messages on this device'
}

/** Why a filter cannot be followed. */
export function describeProblem({ filter, value, reason }: SearchProblem): string {
  switch (reason) {
    case 'empty':
      return `${filter}: wants something behind it, like ${EXAMPLES[filter]}`
    case 'nobody':
      return `Nobody here is called “${value}”`
    case 'nowhere':
      return `No conversation here is called “${value}”`
    case 'no_date':
      return `“${value}” is not a date: write ${EXAMPLES[filter]}`
    case 'unknown':
      return `Ferry cannot look for ${filter}:${value}; it knows ${EXAMPLES[filter]}`
  }
}

const EXAMPLES = {
  from: 'from:bob or from:me',
  in: 'in:bob or in:"Project X"',
  before: 'before:2024-05-31',
  after: 'after:2024-05-31',
  has: 'has:link',
  is: 'is:mine',
} as const satisfies Record<SearchProblem['filter'], string>

/** Up to when everything was searched. */
export function describeScope(scope: SearchScope, time: TimeFormat): string {
  if (scope.isComplete) return 'All messages are searched, back to the first'
  if (!scope.hasOlder) return 'The newest messages are still on their way to this device'
  if (scope.backTo === null) return 'Older messages are on the server only'
  return `Searched back to ${time.full(scope.backTo)}. Older messages are on the server`
}
