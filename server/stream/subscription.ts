import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import { type Access, erasesBodies, type StreamEntry } from '../domain/stream-entry.ts'
import type { Page } from '../store/store.ts'

/** Live entries kept while pages are read, before they are dropped and read from the database instead. */
const MAX_BUFFERED_ENTRIES = 512
/** The same in characters of JSON: what waits for one slow reader is bounded [V7]. */
const MAX_BUFFERED_CHARS = 512 * 1024

/**
 * Where a subscription stands. `reading`: pages are read from the cursor on, live entries are buffered. `checking`: the
 * user's own removal was met on the way, and whether it is a member again has to be asked. `live`: entries go straight
 * through. `closed`: nothing is sent any more.
 */
export type Phase = 'reading' | 'checking' | 'live' | 'closed'

/**
 * One user's place in one stream on one connection [V5]: every entry after the cursor, in order, once. No I/O: entries
 * go in as they are published or read, and what comes out is to be sent at once.
 *
 * It is registered for live entries first, and pages are read only then. So what is committed after a page was read
 * is in the buffer; what was committed before is in the page; what is in both is dropped by its seq. The last page
 * and the buffer come out of one call, after which it is live: nothing can slip in between.
 */
export class Subscription {
  readonly stream: StreamId
  readonly #user: Id
  #phase: Phase = 'reading'
  #cursor: number
  #buffer: StreamEntry[] = []
  #bufferedChars = 0
  #overflowed = false

  /** `cursor`: the seq of the last entry that the client has, 0 for none. */
  constructor(stream: StreamId, user: Id, cursor: number) {
    this.stream = stream
    this.#user = user
    this.#cursor = cursor
  }

  get phase(): Phase {
    return this.#phase
  }

  /** Seq of the last entry that was let through. */
  get cursor(): number {
    return this.#cursor
  }

  /**
   * Goes live without reading, when the head was read after registration and the cursor is at it, or beyond it (the
   * database is an older copy: the client sees that in `heads`, and gets nothing until a seq beyond its cursor).
   */
  skipReading(head: number): boolean {
    if (this.#phase !== 'reading' || head > this.#cursor || this.#buffer.length > 0) return false
    if (this.#overflowed) return false
    this.#phase = 'live'
    return true
  }

  /** The cursor that the next page is to be read after. What overflowed is forgotten: the page will have it. */
  beginPage(): number {
    if (this.#overflowed) {
      this.#overflowed = false
      this.#clearBuffer()
    }
    return this.#cursor
  }

  /** Takes a page that was read after beginPage(); what to send. Then live, still reading, or checking. */
  takePage(page: Page): readonly StreamEntry[] {
    if (this.#phase !== 'reading') return []
    const fromPage = this.#following(page.entries)
    const sent = this.#advance(fromPage)
    if (this.#phase !== 'reading' || this.#cursor < page.head || this.#overflowed) return sent
    const buffered = this.#following(this.#buffer)
    const last = this.#buffer.at(-1)
    // A hole between page and buffer: the page came from a cache that lags. Reading on fills it.
    if (buffered.length === 0 && last !== undefined && last.seq > this.#cursor) return sent
    this.#clearBuffer()
    this.#phase = 'live'
    return [...sent, ...this.#advance(buffered)]
  }

  /** Takes entries as they are published, in order and without a gap; what to send now. */
  takeLive(entries: readonly StreamEntry[]): readonly StreamEntry[] {
    switch (this.#phase) {
      case 'live': {
        const next = this.#following(entries)
        const last = entries.at(-1)
        if (next.length === 0 && last !== undefined && last.seq > this.#cursor) {
          this.#phase = 'reading'
          this.#keep(entries)
          return []
        }
        return this.#advance(next)
      }
      case 'reading':
      case 'checking':
        this.#keep(entries)
        return []
      case 'closed':
        return []
    }
  }

  /**
   * Whether a frame that is shared with others may be sent as it is; if so the cursor moves. It holds the entries from
   * `first` to `last`, none of which changes access.
   */
  passLive(first: number, last: number): boolean {
    if (this.#phase !== 'live' || first !== this.#cursor + 1) return false
    this.#cursor = last
    return true
  }

  /** Something says that the user may not be a member any more: nothing passes until that was asked. */
  doubt(): void {
    if (this.#phase !== 'closed') this.#phase = 'checking'
  }

  /** The answer to `checking`: a member again reads on, one who is not is cut off [V6]. */
  checked(isMember: boolean): void {
    if (this.#phase !== 'checking') return
    if (isMember) this.#phase = 'reading'
    else this.close()
  }

  /** No entry is let through after this. */
  close(): void {
    this.#phase = 'closed'
    this.#clearBuffer()
  }

  /** The part of `entries` that continues from the cursor; empty when there is a hole before it. */
  #following(entries: readonly StreamEntry[]): readonly StreamEntry[] {
    const first = entries[0]
    if (first === undefined || first.seq > this.#cursor + 1) return []
    return first.seq === this.#cursor + 1 ? entries : entries.slice(this.#cursor + 1 - first.seq)
  }

  /**
   * Lets entries through up to the user's own removal. What may follow it in a page, or live in another order than
   * on its way, is for a member only: so it has to be asked.
   */
  #advance(entries: readonly StreamEntry[]): readonly StreamEntry[] {
    const removal = entries.findIndex(({ access }) => access !== undefined && this.#ends(access))
    const through = removal < 0 ? entries : entries.slice(0, removal + 1)
    this.#cursor = through.at(-1)?.seq ?? this.#cursor
    if (removal >= 0) this.#phase = 'checking'
    return through
  }

  #ends(access: Access): boolean {
    const { user, conversation, allowed } = access
    return !allowed && user === this.#user && conversation === this.stream
  }

  /**
   * Keeps what came live. What a deletion erased may be among it, for as long as the client takes to read: so with a
   * deletion all of it is forgotten and read instead, from where it is without body.
   */
  #keep(entries: readonly StreamEntry[]): void {
    for (const entry of entries) {
      if (this.#overflowed) return
      if (erasesBodies(entry) && entry.seq > this.#cursor) {
        this.#overflowed = true
        this.#clearBuffer()
        return
      }
      const last = this.#buffer.at(-1)
      if (last !== undefined && entry.seq <= last.seq) continue
      const isNext = last === undefined || entry.seq === last.seq + 1
      this.#buffer.push(entry)
      this.#bufferedChars += entry.json.length
      const fits =
        this.#buffer.length <= MAX_BUFFERED_ENTRIES && this.#bufferedChars <= MAX_BUFFERED_CHARS
      if (isNext && fits) continue
      this.#overflowed = true
      this.#clearBuffer()
    }
  }

  #clearBuffer(): void {
    this.#buffer = []
    this.#bufferedChars = 0
  }
}
