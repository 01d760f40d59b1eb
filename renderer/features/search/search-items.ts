import type { SearchAnswer, SearchResult } from '../../../protocol/ipc/search.ts'
import type { Id } from '../../../protocol/model/primitives.ts'

/** Something that can be chosen in the list of results. `key` is its own over all of them. */
export type SearchItem =
  | { readonly kind: 'conversation'; readonly key: string; readonly id: Id; readonly name: string }
  | {
      readonly kind: 'person'
      readonly key: string
      readonly id: Id
      readonly name: string
      readonly username: string
    }
  | { readonly kind: 'message'; readonly key: string; readonly result: SearchResult }

export interface SearchGroup {
  readonly title: 'Conversations' | 'People' | 'Messages'
  readonly items: readonly SearchItem[]
}

type Person = SearchAnswer['people'][number]

/** What was found, in groups; `others` are people whom the server knows, shown behind those who are known here. */
export function groupsOf(answer: SearchAnswer, others: readonly Person[]): SearchGroup[] {
  const known = new Set(answer.people.map(({ id }) => id))
  const people = [...answer.people, ...others.filter(({ id }) => !known.has(id))]
  const groups: SearchGroup[] = [
    {
      title: 'Conversations',
      items: answer.conversations.map(({ id, name }) => ({
        kind: 'conversation',
        key: `c ${id}`,
        id,
        name,
      })),
    },
    {
      title: 'People',
      items: people.map((person) => ({ kind: 'person', key: `p ${person.id}`, ...person })),
    },
    {
      title: 'Messages',
      items: answer.messages.map((result) => ({
        kind: 'message',
        key: `m ${result.message}`,
        result,
      })),
    },
  ]
  return groups.filter(({ items }) => items.length > 0)
}

/**
 * Which item the keyboard is on: the chosen one; before one was chosen the first of the answer, so that people who are
 * found a moment later do not slip under the finger that is about to press Enter.
 */
export function selectedIndex(
  items: readonly SearchItem[],
  chosen: string | null,
  answer: SearchAnswer,
): number {
  const wanted = chosen ?? groupsOf(answer, [])[0]?.items[0]?.key
  return Math.max(
    0,
    items.findIndex(({ key }) => key === wanted),
  )
}
