import type { PlaceView } from '../../protocol/ipc/views.ts'
import type { Message } from '../../protocol/model/message.ts'
import { cleanName, type PersonName } from '../../protocol/model/names.ts'
import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import type { User } from '../../protocol/model/user.ts'
import { isBlank } from '../../protocol/text/visible.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { isPlaceholder } from '../sync/apply-event.ts'
import { type Draft, isSameDraft, NO_DRAFT } from '../sync/draft.ts'
import { messageKey } from '../sync/message-projection.ts'
import type { ConversationRecord } from '../sync/storage.ts'
import type { Changes } from './changes.ts'
import { Memberships } from './memberships.ts'
import { Names } from './names.ts'
import { ReadingPlaces } from './reading-places.ts'

/** What is known of a conversation beside its record, kept so that a change costs no query. */
export interface Summary {
  /** Messages of others that were not read. */
  readonly unread: number
  /** The newest message that is not deleted. */
  readonly last: Message | null
  /** ms since the epoch. */
  readonly knownSince: number
}

/** How many of the newest messages are looked at for one that is not deleted. */
const LAST_DEPTH = 20
/** Replies whose quote is refreshed when a message changes, and messages whose author's name became known. */
const REFRESHED = 200

/**
 * The profile's conversations and names in memory, written through to the store. All writing methods belong inside a
 * turn; when a turn fails, the whole workspace is made anew from the store.
 */
export class Workspace {
  readonly self: Id
  readonly #store: ProfileStore
  readonly #changes: Changes
  readonly #now: () => number
  readonly #names = new Names()
  readonly #records = new Map<Id, ConversationRecord>()
  readonly #summaries = new Map<Id, Summary>()
  readonly #memberships = new Memberships()
  readonly #drafts: Map<Id, Draft>
  readonly #reading: ReadingPlaces
  #lastConversation: Id | null
  /** Those whose row cannot be read. */
  readonly #damaged = new Set<Id>()
  /** seq up to which a conversation was not streamed here: what is older comes from the history. */
  readonly #floors = new Map<Id, Cursor>()

  constructor(ports: { store: ProfileStore; changes: Changes; self: User; now: () => number }) {
    const { store, changes, self, now } = ports
    this.#store = store
    this.#changes = changes
    this.#now = now
    this.self = self.id
    for (const user of store.users()) this.#names.put(user)
    this.#names.put(self)
    for (const [stream, { floor }] of store.loadCursors()) this.#floors.set(stream, floor)
    this.#reading = new ReadingPlaces(store, {
      floor: (id) => this.#floors.get(id) ?? 0,
      readUpTo: (id) => this.#records.get(id)?.readUpTo ?? 0,
    })
    this.#lastConversation = store.setting('lastConversation')
    for (const { record, knownSince, isDamaged } of store.conversations()) {
      const { id } = record.conversation
      if (isDamaged) this.#damaged.add(id)
      // One that was left as its last member was stored without any by an older version.
      const isEmpty = isDamaged || (isPlaceholder(record) && !record.member)
      this.#records.set(id, isEmpty ? withSelf(record, self.id) : record)
      this.#memberships.put(record.conversation)
      this.#summaries.set(id, this.#summarise(id, knownSince))
    }
    this.#drafts = store.drafts()
  }

  user(id: Id): User | null {
    return this.#names.user(id)
  }

  /** Everyone whose name was ever told. */
  users(): Iterable<User> {
    return this.#names.all()
  }

  /** The other one of a conversation of two; null for any other, and where that is not known. */
  otherIn({ conversation }: ConversationRecord): User | null {
    if (conversation.kind !== 'direct') return null
    const other = conversation.members.find((member) => member.user !== this.self)
    return other === undefined ? null : this.user(other.user)
  }

  /** The name that people read, with the username where somebody else has it too. */
  person(id: Id): PersonName {
    return this.#names.of(id)
  }

  /** The same in one line of text. */
  nameOf(id: Id): string {
    return this.#names.line(id)
  }

  /** A name for a line of little room, among the members of a conversation. */
  shortNameOf(id: Id, { conversation }: ConversationRecord): string {
    return this.#names.short(
      id,
      conversation.members.map((member) => member.user),
    )
  }

  /** Title of a group; else the others' names, or one's own for a conversation with oneself. */
  conversationName({ conversation }: ConversationRecord): string {
    const { title, members } = conversation
    if (title !== null && !isBlank(title)) return cleanName(title)
    const others = members.filter((member) => member.user !== this.self)
    const named = others.length === 0 ? members : others
    const [only, ...more] = named
    // A name alone, as it is written, can be found and compared.
    if (only !== undefined && more.length === 0) {
      const person = this.person(only.user)
      if (person.handle === undefined) return person.name
    }
    return named.map((member) => this.nameOf(member.user)).join(', ')
  }

  putUser(user: User): void {
    const known = this.#names.user(user.id)
    if (known?.username === user.username && known.displayName === user.displayName) return
    this.#store.putUser(user)
    for (const id of this.#names.put(user)) this.#renamed(id)
  }

  records(): Iterable<ConversationRecord> {
    return this.#records.values()
  }

  record(id: Id): ConversationRecord | null {
    return this.#records.get(id) ?? null
  }

  /** Whether the row of a conversation cannot be read, so that it is to be asked for. */
  isDamaged(id: Id): boolean {
    return this.#damaged.has(id)
  }

  /** A damaged conversation was told anew. */
  healed(id: Id): void {
    this.#damaged.delete(id)
  }

  /** The conversations that a user is a member of, as far as is known. */
  conversationsWith(user: Id): Iterable<Id> {
    return this.#memberships.of(user)
  }

  summary(id: Id): Summary {
    return this.#summaries.get(id) ?? { unread: 0, last: null, knownSince: 0 }
  }

  putRecord(record: ConversationRecord): void {
    const { id, members } = record.conversation
    const before = this.#records.get(id)
    // A change of what stands in for a damaged row is not stored as if it were whole.
    if (!this.#damaged.has(id)) this.#store.putConversation(record)
    this.#records.set(id, { ...record, readUpTo: Math.max(record.readUpTo, before?.readUpTo ?? 0) })
    this.#memberships.put(record.conversation)
    for (const { profile } of members) if (profile !== undefined) this.putUser(profile)
    const isNew = !this.#summaries.has(id)
    if (isNew || before?.readUpTo !== record.readUpTo) {
      this.#summaries.set(
        id,
        this.#summarise(id, this.#summaries.get(id)?.knownSince ?? this.#now()),
      )
    }
    this.#changes.conversation(id)
    this.#changes.state()
  }

  /** Stores a message in place of `stored`, which is its row now. */
  putMessage(message: Message, stored: Message | null): void {
    this.#store.putMessage(message)
    const { conversation } = message
    this.#changes.message(conversation, messageKey(message))
    if (stored !== null) this.#refreshReplies(message, stored)
    const summary = this.#summaries.get(conversation)
    if (summary === undefined) return
    const unread =
      summary.unread +
      this.#unreadCount(message) -
      (stored === null ? 0 : this.#unreadCount(stored))
    const last = this.#lastAfter(summary.last, message)
    if (unread === summary.unread && last === summary.last) return
    this.#summaries.set(conversation, { ...summary, unread, last })
    this.#changes.conversation(conversation)
  }

  /** Where the user is in the conversations. */
  get reading(): Pick<ReadingPlaces, 'from' | 'isKnown' | 'isAtLeast' | 'place' | 'unavailable'> {
    return this.#reading
  }

  /** The conversation that was on screen last. */
  get lastConversation(): Id | null {
    return this.#lastConversation
  }

  /** A conversation is on screen now. */
  putLastConversation(id: Id): void {
    if (id === this.#lastConversation || !this.#records.has(id)) return
    this.#store.putSetting('lastConversation', id)
    this.#lastConversation = id
  }

  /** The server told how far the user has come in a conversation, and since when they are a member; inside a turn. */
  ownMarksTold(id: Id, { joined, read }: Pick<Receipt, 'joined' | 'read'>): void {
    const record = this.#records.get(id)
    if (record === undefined) return
    const isNew = this.#reading.told(id, joined)
    if (read > record.readUpTo) this.putRecord({ ...record, readUpTo: read })
    else if (isNew) this.#recount(id)
  }

  /** Older messages were fetched: how many are unread may be known better. */
  fetched(id: Id): void {
    this.#changes.conversation(id)
  }

  /** The message at the top of the screen; null: the end is in sight. */
  putPlace(id: Id, place: PlaceView | null): void {
    if (this.#records.has(id)) this.#reading.putPlace(id, place)
  }

  #recount(id: Id): void {
    this.#summaries.set(id, this.#summarise(id, this.summary(id).knownSince))
    this.#changes.conversation(id)
    this.#changes.state()
  }

  /** A stream begins here after `floor`. */
  beginStream(id: Id, floor: Cursor): void {
    this.#floors.set(id, floor)
  }

  /**
   * The server was restored to `head`: the messages of this conversation are gone from the store, to come again. The
   * keys of those above `head` that were on screen are told as changed, so that they leave it.
   */
  resetConversation(id: Id, head: Cursor): void {
    for (const message of this.#newest(id, REFRESHED)) {
      if (message.seq > head) this.#changes.message(id, messageKey(message))
    }
    this.#store.clearStream(id, head)
    this.#floors.delete(id)
    this.#reading.forget(id)
    const record = this.#records.get(id)
    if (record !== undefined) {
      this.#records.set(id, { ...record, readUpTo: Math.min(record.readUpTo, head) })
    }
    const { knownSince } = this.summary(id)
    this.#summaries.set(id, { unread: 0, last: null, knownSince })
    this.#changes.conversation(id)
  }

  draft(id: Id): Draft {
    return this.#drafts.get(id) ?? NO_DRAFT
  }

  drafts(): ReadonlyMap<Id, Draft> {
    return this.#drafts
  }

  putDraft(id: Id, draft: Draft): void {
    if (isSameDraft(this.draft(id), draft)) return
    this.#store.putDraft(id, draft)
    if (isSameDraft(draft, NO_DRAFT)) this.#drafts.delete(id)
    else this.#drafts.set(id, draft)
    this.#changes.conversation(id)
  }

  /** Unread messages over all conversations. */
  unreadTotal(): number {
    let total = 0
    for (const { unread } of this.#summaries.values()) total += unread
    return total
  }

  #summarise(id: Id, knownSince: number): Summary {
    return {
      unread: this.#store.countUnread(id, this.#reading.from(id), this.self),
      last: this.#findLast(id),
      knownSince,
    }
  }

  #newest(id: Id, limit: number): Message[] {
    return this.#store.messagesPage(id, { from: 0, before: null, limit }).messages
  }

  #findLast(id: Id): Message | null {
    const [newest] = this.#newest(id, 1)
    if (newest === undefined || newest.deletedAt === undefined) return newest ?? null
    const page = this.#newest(id, LAST_DEPTH)
    return page.find((message) => message.deletedAt === undefined) ?? null
  }

  #lastAfter(last: Message | null, message: Message): Message | null {
    if (message.deletedAt !== undefined) {
      return last?.id === message.id ? this.#findLast(message.conversation) : last
    }
    return last === null || message.seq >= last.seq ? message : last
  }

  #unreadCount({ conversation, author, seq, deletedAt }: Message): 0 | 1 {
    if (author === this.self || deletedAt !== undefined) return 0
    return seq > this.#reading.from(conversation) ? 1 : 0
  }

  /** A quote shows what the message says now, and nothing of a deleted one. */
  #refreshReplies(message: Message, stored: Message): void {
    if (message.body === stored.body || !this.#changes.isWatched(message.conversation)) return
    for (const reply of this.#store.repliesTo(message.id, REFRESHED)) {
      this.#changes.message(reply.conversation, messageKey(reply))
    }
  }

  #renamed(user: Id): void {
    for (const id of this.#memberships.of(user)) this.#changes.conversation(id)
    for (const id of this.#changes.watched()) {
      for (const message of this.#newest(id, REFRESHED)) {
        if (message.author === user) this.#changes.message(id, messageKey(message))
      }
    }
  }
}

/** A conversation of which nobody is known has oneself, so that it is shown. */
function withSelf(record: ConversationRecord, self: Id): ConversationRecord {
  const members = [{ user: self, role: 'member' as const }]
  return { ...record, conversation: { ...record.conversation, members } }
}
