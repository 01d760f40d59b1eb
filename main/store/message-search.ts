import type { Database, Statement } from 'better-sqlite3'
import { z } from 'zod'
import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { LogsTable } from './logs-table.ts'
import { firstPlace } from './message-place.ts'
import type { MessagesTable } from './messages-table.ts'
import { readRow } from './row.ts'
import type { SearchIndex } from './search-index.ts'
import { matches, type SearchQuery } from './search-query.ts'

/** What is looked for. */
export interface MessageSearchRequest {
  /** Empty: whatever the text. */
  readonly query: SearchQuery
  /** By whom; null: by anybody. */
  readonly authors: readonly Id[] | null
  /** Where; null: anywhere. */
  readonly conversations: readonly Id[] | null
  /** Instants in ms since the epoch, `before` exclusive; null: at any time. */
  readonly since: number | null
  readonly before: number | null
}

/** The messages that a step found, the newest first, and from which place on to go on; null: there are no more. */
export interface SearchStep {
  readonly messages: Message[]
  readonly next: number | null
}

/** Messages that one step looks at: found by the index but not chosen yet, or not in the index yet [S6]. */
const CANDIDATES = 1_000
const UNINDEXED = 100
/** Beyond every place. */
const ALL = Number.MAX_SAFE_INTEGER

const Candidate = z.object({ place: z.number(), author: z.string(), log: z.number() })
type Candidate = z.infer<typeof Candidate>

/** Finds messages, the newest first, in steps that are short whatever is looked for. */
export class MessageSearch {
  readonly #logs: LogsTable
  readonly #messages: MessagesTable
  readonly #index: SearchIndex
  readonly #one: Statement<[number]>
  readonly #walk: Statement<[number, number, number]>

  constructor(db: Database, logs: LogsTable, messages: MessagesTable, index: SearchIndex) {
    this.#logs = logs
    this.#messages = messages
    this.#index = index
    this.#one = db.prepare('SELECT place, author, log FROM messages WHERE place = ?')
    this.#walk = db.prepare(`
      SELECT place, author, log FROM messages
      WHERE place >= ? AND place < ? AND deleted_at IS NULL ORDER BY place DESC LIMIT ?`)
  }

  /** Up to `limit` messages below a place (null: from the newest on). */
  step(request: MessageSearchRequest, below: number | null, limit: number): SearchStep {
    const from = request.since === null ? 0 : firstPlace(request.since)
    const end = request.before === null ? ALL : firstPlace(request.before)
    const upTo = Math.min(below ?? ALL, end)
    const { filledFrom } = this.#index
    if (upTo <= from) return { messages: [], next: null }
    if (request.query.length === 0) return this.#walked(request, { from, below: upTo }, limit)
    if (upTo > filledFrom) return this.#found(request, { from, below: upTo }, limit)
    return this.#read(request, { from, below: upTo }, limit)
  }

  /** By the index. */
  #found(
    request: MessageSearchRequest,
    { from, below }: { from: number; below: number },
    limit: number,
  ): SearchStep {
    const { filledFrom } = this.#index
    const isFiltered = request.authors !== null || request.conversations !== null
    const room = isFiltered ? CANDIDATES : limit
    const places = this.#index.find(
      request.query,
      { from: Math.max(from, filledFrom), below },
      room,
    )
    const candidates = isFiltered ? places.flatMap((place) => this.#candidate(place)) : places
    const chosen = this.#choose(request, candidates, limit)
    if (chosen.next !== null) return chosen
    if (places.length === room) return { ...chosen, next: places.at(-1) ?? null }
    return { ...chosen, next: filledFrom > from ? filledFrom : null }
  }

  /** Without words to look for: all messages that fit, one after the other. */
  #walked(
    request: MessageSearchRequest,
    { from, below }: { from: number; below: number },
    limit: number,
  ): SearchStep {
    const rows = this.#candidates(from, below, CANDIDATES)
    const chosen = this.#choose(request, rows, limit)
    if (chosen.next !== null || rows.length < CANDIDATES) return chosen
    return { ...chosen, next: rows.at(-1)?.place ?? null }
  }

  /** What the index does not hold yet is read itself. */
  #read(
    request: MessageSearchRequest,
    { from, below }: { from: number; below: number },
    limit: number,
  ): SearchStep {
    const rows = this.#candidates(from, below, UNINDEXED)
    const fitting = (message: Message) => matches(request.query, message.body ?? '')
    const chosen = this.#choose(request, rows, limit, fitting)
    if (chosen.next !== null || rows.length < UNINDEXED) return chosen
    return { ...chosen, next: rows.at(-1)?.place ?? null }
  }

  /** The messages of places that fit; `next` only where `limit` ended it. */
  #choose(
    request: MessageSearchRequest,
    candidates: readonly (Candidate | number)[],
    limit: number,
    fits: (message: Message) => boolean = () => true,
  ): SearchStep {
    const authors = request.authors === null ? null : new Set(request.authors)
    const logs = request.conversations === null ? null : this.#logsOf(request.conversations)
    const messages: Message[] = []
    for (const candidate of candidates) {
      const place = typeof candidate === 'number' ? candidate : candidate.place
      if (typeof candidate !== 'number') {
        if (authors?.has(candidate.author) === false) continue
        if (logs?.has(candidate.log) === false) continue
      }
      const message = this.#messages.getByPlace(place)
      // Of a log that was replaced, and not swept yet; or not readable.
      if (message === null || message.deletedAt !== undefined || !fits(message)) continue
      messages.push(message)
      if (messages.length === limit) return { messages, next: place }
    }
    return { messages, next: null }
  }

  #logsOf(conversations: readonly Id[]): ReadonlySet<number> {
    return new Set(conversations.flatMap((conversation) => this.#logs.find(conversation) ?? []))
  }

  #candidates(from: number, below: number, limit: number): Candidate[] {
    return this.#walk.all(from, below, limit).map((raw) => readRow(Candidate, raw))
  }

  #candidate(place: number): Candidate[] {
    const raw = this.#one.get(place)
    return raw === undefined ? [] : [readRow(Candidate, raw)]
  }
}
