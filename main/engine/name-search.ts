import type { SearchAnswer } from '../../protocol/ipc/search.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { findsName, nameKeys, nameWords } from '../../protocol/text/names.ts'
import { isPlaceholder } from '../sync/apply-event.ts'
import type { Workspace } from './workspace.ts'

/** Most conversations, and most people, that a search shows. */
const MOST = 5
/** Names whose keys are kept. */
const KEPT = 20_000

export type NamesFound = Pick<SearchAnswer, 'conversations' | 'people'>

/** Finds conversations and people by their names, among those that are known here. */
export class NameSearch {
  readonly #workspace: Workspace
  readonly #keys = new Map<string, readonly string[]>()

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** The conversations used last first; people with whom there is no conversation of two among these. */
  find(typed: string): NamesFound {
    const words = nameWords(typed)
    if (words.length === 0) return { conversations: [], people: [] }
    const workspace = this.#workspace
    const found: { id: Id; name: string; activeAt: number }[] = []
    const shown = new Set<Id>([workspace.self])
    for (const record of workspace.records()) {
      if (isPlaceholder(record)) continue
      const name = workspace.conversationName(record)
      const other = workspace.otherIn(record)
      if (!findsName(words, [...this.#keysOf(name), ...this.#keysOf(other?.username ?? '')]))
        continue
      const { id } = record.conversation
      const { last, knownSince } = workspace.summary(id)
      const activeAt = last === null ? knownSince : Date.parse(last.createdAt)
      found.push({ id, name, activeAt })
      if (other !== null) shown.add(other.id)
    }
    found.sort((a, b) => b.activeAt - a.activeAt)
    const people: NamesFound['people'] = []
    for (const { id, displayName, username } of workspace.users()) {
      if (people.length === MOST) break
      if (shown.has(id)) continue
      if (!findsName(words, [...this.#keysOf(displayName), ...this.#keysOf(username)])) continue
      people.push({ id, name: displayName, username })
    }
    return {
      conversations: found.slice(0, MOST).map(({ id, name }) => ({ id, name })),
      people,
    }
  }

  #keysOf(name: string): readonly string[] {
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    if (this.#keys.size >= KEPT) this.#keys.clear()
    const keys = nameKeys(name)
    this.#keys.set(name, keys)
    return keys
  }
}
