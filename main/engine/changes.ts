import type { Id } from '../../protocol/model/primitives.ts'

/** What the screen has not been told yet. */
export interface ChangeSet {
  readonly state: boolean
  readonly outbox: boolean
  readonly conversations: ReadonlySet<Id>
  /** Keys of messages, by conversation. */
  readonly messages: ReadonlyMap<Id, ReadonlySet<string>>
}

/** Messages that one set holds at most: as many views as can be built and handed over in about a turn [S6]. */
export const MAX_MESSAGES_A_SET = 400

/** The same for conversations: one has a line with its newest message and its members. */
const MAX_CONVERSATIONS_A_SET = 100

/**
 * Collects what changed between two tellings. Only conversations whose messages were asked for are told about: a window
 * that never opened a conversation keeps nothing of it that could be stale.
 */
export class Changes {
  readonly #watched = new Set<Id>()
  #state = false
  #outbox = false
  #conversations = new Set<Id>()
  #messages = new Map<Id, Set<string>>()
  #messageCount = 0
  #isOwn = false
  #onChange: () => void = () => undefined

  /** Calls back whenever something is added. */
  listen(onChange: () => void): void {
    this.#onChange = onChange
  }

  /** From now on, changes of this conversation's messages are told. */
  watch(conversation: Id): void {
    this.#watched.add(conversation)
  }

  /** The conversations whose changes are told. */
  watched(): Iterable<Id> {
    return this.#watched
  }

  isWatched(conversation: Id): boolean {
    return this.#watched.has(conversation)
  }

  state(): void {
    this.#state = true
    this.#onChange()
  }

  /** The outbox, and with it the counts of the state. */
  outbox(): void {
    this.#outbox = true
    this.state()
  }

  conversation(id: Id): void {
    this.#conversations.add(id)
    this.#onChange()
  }

  /** A message, where its conversation is watched. */
  message(conversation: Id, key: string): void {
    if (this.#watched.has(conversation)) this.#add(conversation, key)
  }

  /** A message through something the user did: always told, since a conflict asks for an answer wherever it is. */
  operation(conversation: Id, key: string): void {
    this.#isOwn = true
    this.#add(conversation, key)
  }

  /** Whether the user waits for it: something of the app's state, or of what the user did. */
  get isUrgent(): boolean {
    return this.#state || this.#outbox || this.#isOwn
  }

  /** Whether there is as much as one set holds. */
  get isFull(): boolean {
    return (
      this.#messageCount >= MAX_MESSAGES_A_SET ||
      this.#conversations.size >= MAX_CONVERSATIONS_A_SET
    )
  }

  /** Whether there is something to tell. */
  get isEmpty(): boolean {
    return (
      !this.#state && !this.#outbox && this.#conversations.size === 0 && this.#messages.size === 0
    )
  }

  /** Takes what is to be told now; what does not fit stays for the next time. */
  take(): ChangeSet {
    const messages = new Map<Id, Set<string>>()
    let room = MAX_MESSAGES_A_SET
    for (const [conversation, keys] of this.#messages) {
      if (room === 0) break
      if (keys.size <= room) {
        room -= keys.size
        messages.set(conversation, keys)
        this.#messages.delete(conversation)
        continue
      }
      const taken = new Set<string>()
      for (const key of keys) {
        if (taken.size === room) break
        taken.add(key)
        keys.delete(key)
      }
      room = 0
      messages.set(conversation, taken)
    }
    this.#messageCount -= MAX_MESSAGES_A_SET - room
    const set = {
      state: this.#state,
      outbox: this.#outbox,
      conversations: this.#takeConversations(),
      messages,
    }
    this.#state = false
    this.#outbox = false
    this.#isOwn = false
    return set
  }

  #takeConversations(): ReadonlySet<Id> {
    const all = this.#conversations
    if (all.size <= MAX_CONVERSATIONS_A_SET) {
      this.#conversations = new Set()
      return all
    }
    const taken = new Set<Id>()
    for (const id of all) {
      if (taken.size === MAX_CONVERSATIONS_A_SET) break
      taken.add(id)
      all.delete(id)
    }
    return taken
  }

  #add(conversation: Id, key: string): void {
    const keys = this.#messages.get(conversation) ?? new Set()
    if (!keys.has(key)) this.#messageCount += 1
    this.#messages.set(conversation, keys.add(key))
    this.#onChange()
  }
}
