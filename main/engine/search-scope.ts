import type { Result } from '../../protocol/ipc/api.ts'
import type { SearchScope as ScopeView } from '../../protocol/ipc/search.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { classifyFailure } from '../../protocol/wire/failure.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { History } from './history.ts'
import { parseSearch } from './search-filters.ts'
import { requestFailure } from './views/failure-view.ts'
import type { Workspace } from './workspace.ts'

/** Pages that one call fetches: whoever asks decides after each whether to go on. */
const PAGES_A_CALL = 5
/** Conversations that are looked at before others have their turn [S6]. */
const CONVERSATIONS_A_STEP = 100

export interface ScopePorts {
  readonly store: Pick<ProfileStore, 'oldestAt'>
  readonly workspace: Workspace
  readonly history: Pick<History, 'missing' | 'fetchOlder'>
  /** Whether every conversation is known that one is in: a new device hears of them one by one. */
  readonly knowsAll: () => boolean
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
  readonly defer: (callback: () => void) => void
}

/** A conversation of which the server has older messages, and where it begins here. */
interface Beginning {
  readonly conversation: Id
  readonly at: number | null
}

/** How far back everything is on this device, and the way to more of it. */
export class SearchScope {
  readonly #ports: ScopePorts
  /** Instants at which conversations begin here, by conversation, as long as they begin with that seq. */
  readonly #beginnings = new Map<Id, { from: number; at: number | null }>()
  /** The server does not show what is older. */
  readonly #closed = new Set<Id>()

  constructor(ports: ScopePorts) {
    this.#ports = ports
  }

  /** Whether everything is here of these conversations (null: of all). */
  isComplete(conversations: readonly Id[] | null): boolean {
    if (!this.#ports.knowsAll()) return false
    for (const id of this.#asked(conversations)) {
      if (this.#ports.history.missing(id) !== null) return false
    }
    return true
  }

  /** How much of what `typed` asks for is here. */
  async of(typed: string): Promise<ScopeView> {
    const conversations = this.#conversationsOf(typed)
    return this.#scope(conversations, await this.#incomplete(conversations))
  }

  /**
   * Fetches some of what is not here, from the conversation on that begins last: so the instant moves back from which on
   * everything is here.
   */
  async fetchOlder(typed: string): Promise<Result<ScopeView>> {
    const conversations = this.#conversationsOf(typed)
    const beginnings = await this.#incomplete(conversations)
    for (let page = 0; page < PAGES_A_CALL; page += 1) {
      beginnings.sort((a, b) => latestFirst(a.at, b.at))
      const first = beginnings.shift()
      if (first === undefined) break
      const { conversation } = first
      const outcome = await this.#ports.history.fetchOlder(conversation)
      if (!outcome.ok) {
        // Somebody who was removed, or a conversation that is gone, holds up nothing else.
        if (classifyFailure(outcome.failure) !== 'permanent') {
          return { ok: false, failure: requestFailure(outcome.failure) }
        }
        this.#closed.add(conversation)
      } else if (this.#ports.history.missing(conversation)?.kind === 'older') {
        beginnings.push({ conversation, at: this.#beginningOf(conversation) })
      }
    }
    return { ok: true, value: this.#scope(conversations, beginnings) }
  }

  #scope(conversations: readonly Id[] | null, beginnings: readonly Beginning[]): ScopeView {
    const latest = [...beginnings].sort((a, b) => latestFirst(a.at, b.at))[0]
    return {
      isComplete: this.isComplete(conversations),
      hasOlder: latest !== undefined,
      backTo: latest?.at ?? null,
    }
  }

  #conversationsOf(typed: string): readonly Id[] | null {
    const { workspace, now } = this.#ports
    return parseSearch(typed, workspace, now()).request.conversations
  }

  *#asked(conversations: readonly Id[] | null): Generator<Id> {
    const wanted = conversations === null ? null : new Set(conversations)
    for (const { conversation, member } of this.#ports.workspace.records()) {
      const { id } = conversation
      if (member && wanted?.has(id) !== false && !this.#closed.has(id)) yield id
    }
  }

  /** The conversations of which the server has older messages. */
  async #incomplete(conversations: readonly Id[] | null): Promise<Beginning[]> {
    const found: Beginning[] = []
    let looked = 0
    for (const conversation of [...this.#asked(conversations)]) {
      if (this.#ports.history.missing(conversation)?.kind !== 'older') continue
      found.push({ conversation, at: this.#beginningOf(conversation) })
      looked += 1
      if (looked % CONVERSATIONS_A_STEP === 0) {
        await new Promise<void>((resolve) => this.#ports.defer(resolve))
      }
    }
    return found
  }

  #beginningOf(conversation: Id): number | null {
    const missing = this.#ports.history.missing(conversation)
    if (missing?.kind !== 'older') return null
    const known = this.#beginnings.get(conversation)
    if (known?.from === missing.below) return known.at
    const at = this.#ports.store.oldestAt(conversation, missing.below)
    this.#beginnings.set(conversation, { from: missing.below, at })
    return at
  }
}

/** What is not known counts as now. */
function latestFirst(a: number | null, b: number | null): number {
  const value = (at: number | null) => at ?? Number.MAX_SAFE_INTEGER
  return value(b) - value(a)
}
