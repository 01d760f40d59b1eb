import { DEFAULT_BACKLOG } from '../../protocol/limits.ts'
import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { CatchingUp } from './catch-up.ts'
import type { Receiver } from './receiver.ts'
import { Subscription } from './subscription.ts'
import type { Subscriber, Topic } from './topic.ts'

/** Cursors of streams that may not be read that one connection keeps. */
const MAX_CURSORS_KEPT = 1_000

/** What a session needs of the hub. */
export interface SessionHost {
  /** The topic of a stream, made if there is none; `ready` when the bus delivers its entries. */
  acquire(stream: StreamId): { readonly topic: Topic; readonly ready: Promise<void> }
  /** Lets go of a topic that may have no subscribers any more. */
  release(topic: Topic): void
  readableHeads(user: Id): Promise<Map<StreamId, number>>
  heads(streams: readonly StreamId[]): Promise<Map<StreamId, number>>
  isMember(conversation: Id, user: Id): Promise<boolean>
  attend(job: CatchingUp): void
  forget(job: CatchingUp): void
}

type Attached = Subscriber &
  CatchingUp & {
    readonly topic: Topic
    readonly ready: Promise<void>
    /** The head, read after registration; null where it may be older than that. */
    freshHead: number | null
  }

/** The streams of one greeted connection: what it is subscribed to, and how far each has been sent. */
export class Session {
  readonly receiver: Receiver
  readonly #host: SessionHost
  readonly #attached = new Map<StreamId, Attached>()
  /** Cursors of streams that may not be read now: where to go on if they may be again. */
  readonly #cursors: Map<StreamId, number>
  #state: 'opening' | 'open' | 'closed' = 'opening'

  constructor(host: SessionHost, receiver: Receiver, cursors: ReadonlyMap<StreamId, number>) {
    this.#host = host
    this.receiver = receiver
    this.#cursors = new Map(cursors)
  }

  /**
   * Registers for every stream that the user may read, then reads their heads [V5]. Of conversations joined after that,
   * the user's own stream tells, which is among them. Nothing is sent before begin().
   */
  async open(): Promise<Map<StreamId, number>> {
    const { user } = this.receiver
    const before = await this.#host.readableHeads(user)
    await Promise.all([...before].map(([stream, head]) => this.#attach(stream, head).ready))
    const heads = await this.#host.readableHeads(user)
    for (const [stream, head] of heads) {
      if (!before.has(stream)) await this.#attach(stream, head).ready
      const attached = this.#attached.get(stream)
      attached?.topic.startAt(head)
      if (attached !== undefined && before.has(stream)) attached.freshHead = head
    }
    for (const stream of before.keys()) {
      if (!heads.has(stream)) this.#attached.get(stream)?.subscription.doubt()
    }
    this.#forgetCursors()
    return heads
  }

  /**
   * A hello may name more streams than anyone ever left: what is kept of it for as long as the connection lasts is
   * bounded [V7]. Where a cursor was forgotten, one who comes back gets the newest events, and asks for those before.
   */
  #forgetCursors(): void {
    for (const stream of this.#attached.keys()) this.#cursors.delete(stream)
    for (const stream of [...this.#cursors.keys()].slice(MAX_CURSORS_KEPT)) {
      this.#cursors.delete(stream)
    }
  }

  /** Begins to send, from each cursor on. Called right after the reply to hello was written. */
  begin(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    for (const attached of this.#attached.values()) {
      const { freshHead, subscription } = attached
      // Where the client has all up to a head that was read after registration, there is nothing to read.
      if (freshHead !== null && subscription.skipReading(freshHead)) continue
      this.#host.attend(attached)
    }
  }

  /** Whether the conversation is one that this connection is subscribed to, as a member. */
  isSubscribed(conversation: Id): boolean {
    return this.#attached.has(conversation)
  }

  /** The streams that this connection is subscribed to. */
  streams(): Iterable<StreamId> {
    return this.#attached.keys()
  }

  /**
   * The user became a member: subscribes, from where this connection left off or with the newest events. Whether it did
   * (it may be subscribed already, or not a member any more).
   */
  async join(conversation: Id): Promise<boolean> {
    const there = this.#attached.get(conversation)
    if (there !== undefined) {
      // Being asked about its removal, with an answer that may be from before this.
      if (there.subscription.phase !== 'checking') return false
      this.leave(conversation)
    }
    const heads = await this.#host.heads([conversation])
    if (this.#isClosed() || this.#attached.has(conversation)) return false
    const head = heads.get(conversation) ?? 0
    const attached = this.#attach(conversation, head)
    await attached.ready
    attached.topic.startAt(head)
    const isMember = await this.#host.isMember(conversation, this.receiver.user)
    if (this.#attached.get(conversation) !== attached) return false
    if (!isMember) {
      this.leave(conversation)
      return false
    }
    if (this.#state === 'open') this.#host.attend(attached)
    return true
  }

  /** The user is not a member any more: nothing of this stream is sent from here on [V6]. */
  leave(stream: StreamId): void {
    const attached = this.#attached.get(stream)
    if (attached === undefined) return
    this.#attached.delete(stream)
    this.#cursors.set(stream, attached.subscription.cursor)
    this.#detach(attached)
  }

  close(): void {
    this.#state = 'closed'
    this.#detachAll()
  }

  #isClosed(): boolean {
    return this.#state === 'closed'
  }

  #attach(stream: StreamId, head: number): Attached {
    const there = this.#attached.get(stream)
    if (there !== undefined) return there
    const { topic, ready } = this.#host.acquire(stream)
    const { receiver } = this
    // A cursor beyond the head is of another life of the database, which was put back from a copy since: what it stands
    // for is not here, and what comes next is the client's all the same, at once.
    const cursor = Math.min(head, this.#cursors.get(stream) ?? Math.max(0, head - DEFAULT_BACKLOG))
    const attached: Attached = {
      topic,
      ready,
      freshHead: null,
      receiver,
      subscription: new Subscription(stream, receiver.user, cursor),
      attend: () => {
        if (this.#state === 'open') this.#host.attend(attached)
      },
      isMember: () => this.#host.isMember(stream, receiver.user),
      dropped: () => {
        if (this.#attached.get(stream) === attached) this.leave(stream)
      },
    }
    this.#attached.set(stream, attached)
    topic.add(attached)
    return attached
  }

  #detach(attached: Attached): void {
    attached.subscription.close()
    attached.topic.remove(attached)
    this.#host.forget(attached)
    this.#host.release(attached.topic)
  }

  #detachAll(): void {
    for (const attached of this.#attached.values()) this.#detach(attached)
    this.#attached.clear()
  }
}
