import type { SearchProblem } from '../../protocol/ipc/search.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { foldText } from '../../protocol/text/fold.ts'
import { findsName, nameKeys, nameWords } from '../../protocol/text/names.ts'
import type { MessageSearchRequest } from '../store/message-search.ts'
import { type Chunk, chunksOf, LINK, queryOf } from '../store/search-query.ts'
import { periodOf } from './search-dates.ts'
import type { Workspace } from './workspace.ts'

/** What was typed, understood. */
export interface ParsedSearch {
  readonly request: MessageSearchRequest
  /** Any: then nothing is to be found. */
  readonly problems: readonly SearchProblem[]
  readonly hasFilters: boolean
}

type Filter = Extract<Chunk, { kind: 'filter' }>
type Narrowing = Omit<MessageSearchRequest, 'query'>
type Understood = { readonly narrowing: Partial<Narrowing>; readonly link?: true }

/**
 * Reads words, phrases and the filters from:, in:, before:, after:, has: and is:. Several people or several conversations
 * mean any of them; all else is narrowed further. `now` is the wall clock, ms since the epoch.
 */
export function parseSearch(typed: string, workspace: Workspace, now: number): ParsedSearch {
  const chunks = chunksOf(typed)
  const filters = chunks.filter((chunk): chunk is Filter => chunk.kind === 'filter')
  let narrowing: Narrowing = { authors: null, conversations: null, since: null, before: null }
  let query = queryOf(chunks)
  const problems: SearchProblem[] = []
  for (const filter of filters) {
    const understood = understand(filter, workspace, now)
    if ('reason' in understood) {
      problems.push({ filter: filter.name, value: filter.value, reason: understood.reason })
      continue
    }
    narrowing = narrowed(narrowing, understood.narrowing)
    if (understood.link === true) query = [...query, LINK]
  }
  return { request: { query, ...narrowing }, problems, hasFilters: filters.length > 0 }
}

function narrowed(one: Narrowing, other: Partial<Narrowing>): Narrowing {
  const either = (a: readonly Id[] | null, b: readonly Id[] | null | undefined) =>
    a === null || b === null || b === undefined ? (b ?? a) : [...a, ...b]
  return {
    authors: either(one.authors, other.authors),
    conversations: either(one.conversations, other.conversations),
    since: latest(one.since, other.since ?? null),
    before: earliest(one.before, other.before ?? null),
  }
}

function understand(
  { name, value }: Filter,
  workspace: Workspace,
  now: number,
): Understood | { readonly reason: SearchProblem['reason'] } {
  if (value === '') return { reason: 'empty' }
  switch (name) {
    case 'from': {
      const authors = peopleNamed(value, workspace)
      return authors.length === 0 ? { reason: 'nobody' } : { narrowing: { authors } }
    }
    case 'in': {
      const conversations = conversationsNamed(value, workspace)
      return conversations.length === 0 ? { reason: 'nowhere' } : { narrowing: { conversations } }
    }
    case 'before': {
      const period = periodOf(value, now)
      return period === null ? { reason: 'no_date' } : { narrowing: { before: period.start } }
    }
    case 'after': {
      const period = periodOf(value, now)
      return period === null ? { reason: 'no_date' } : { narrowing: { since: period.end } }
    }
    case 'has':
      return foldText(value) === 'link' ? { narrowing: {}, link: true } : { reason: 'unknown' }
    case 'is':
      return foldText(value) === 'mine'
        ? { narrowing: { authors: [workspace.self] } }
        : { reason: 'unknown' }
  }
}

/** `me`; who has exactly this username; else all whose names have these words. */
function peopleNamed(value: string, workspace: Workspace): Id[] {
  const wanted = foldText(value.replace(/^@/u, ''))
  if (wanted === 'me') return [workspace.self]
  const users = [...workspace.users()]
  const exact = users.filter(({ username }) => foldText(username) === wanted)
  if (exact.length > 0) return exact.map(({ id }) => id)
  const words = nameWords(value)
  return users
    .filter(({ username, displayName }) =>
      findsName(words, [...nameKeys(displayName), ...nameKeys(username)]),
    )
    .map(({ id }) => id)
}

/** Those that are named so; the one with the person of this username; else all whose names have these words. */
function conversationsNamed(value: string, workspace: Workspace): Id[] {
  const wanted = foldText(value.replace(/^[@#]/u, ''))
  const words = nameWords(value)
  const exact: Id[] = []
  const similar: Id[] = []
  for (const record of workspace.records()) {
    const { id } = record.conversation
    const name = workspace.conversationName(record)
    const other = workspace.otherIn(record)
    if (foldText(name) === wanted || (other !== null && foldText(other.username) === wanted)) {
      exact.push(id)
    } else if (findsName(words, [...nameKeys(name), ...nameKeys(other?.username ?? '')])) {
      similar.push(id)
    }
  }
  return exact.length > 0 ? exact : similar
}

const latest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b)
const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)
