import { HEADS_INTERVAL_MS } from '../../protocol/limits.ts'
import type { Id, StreamId } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { wireError } from '../../protocol/wire/error.ts'
import type { Access, StreamEntry } from '../domain/stream-entry.ts'
import type { PageRequest, Store } from '../store/store.ts'
import type { Timing } from '../timing.ts'
import { CatchUp } from './catch-up.ts'
import { headsFrame, pushFrame } from './frames.ts'
import type { Receiver } from './receiver.ts'
import { Session, type SessionHost } from './session.ts'
import type { BusListener, Signal, StreamBus } from './stream-bus.ts'
import { Topic } from './topic.ts'

/** Heads go out this often, in ms: a little more than as often as promised. */
const HEADS_EVERY_MS = HEADS_INTERVAL_MS * 0.75
/** How long entries that a head announces may be on their way before they are read instead, in ms. */
const GRACE_MS = 250
const RETRY_MS = 1_000
/** Bounds of a page that fills a topic's gap. */
const GAP_PAGE = { limit: 500, maxBytes: 1024 * 1024 } as const

export interface HubOptions {
  readonly store: Pick<Store, 'readableHeads' | 'heads' | 'isMember'>
  readonly bus: StreamBus
  readonly timing: Timing
  readonly onFailure: (what: string, error: unknown) => void
  readonly onCatchUpPage: (entries: number) => void
  /** Presence changed or may have: a user's first or last socket, or another node's word. */
  readonly onPresence: (signal: Extract<Signal, { type: 'presence' | 'node' }>) => void
  /** A connection was subscribed to one more conversation. */
  readonly onJoined: (session: Session, conversation: Id) => void
  /** Signals may have been lost. */
  readonly onInterrupted: () => void
}

/** The topics and sessions of this node: what comes over the bus finds the sockets that may see it. */
export class Hub implements BusListener {
  readonly #options: HubOptions
  readonly #topics = new Map<StreamId, { readonly topic: Topic; readonly ready: Promise<void> }>()
  readonly #sessions = new Map<Id, Set<Session>>()
  readonly #catchUp: CatchUp
  /** Topics whose head changed since heads were pushed. */
  #moved = new Set<Topic>()
  readonly #stop: (() => void)[] = []
  readonly #host: SessionHost

  constructor(options: HubOptions) {
    this.#options = options
    const { bus, store, timing } = options
    this.#catchUp = new CatchUp({
      read: (request) => bus.readAfter(request),
      monotonicMs: () => timing.monotonicMs(),
      pause: () => timing.pause(),
      later: (callback, ms) => timing.later(callback, ms),
      onFailure: (error) => options.onFailure('catch-up', error),
      onPage: options.onCatchUpPage,
    })
    this.#host = {
      acquire: (stream) => this.#acquire(stream),
      release: (topic) => this.#release(topic),
      readableHeads: (user) => store.readableHeads(user),
      heads: (streams) => store.heads(streams),
      isMember: (conversation, user) => store.isMember(conversation, user),
      attend: (job) => this.#catchUp.add(job),
      forget: (job) => this.#catchUp.remove(job),
    }
    bus.attach(this)
    this.#stop.push(timing.every(HEADS_EVERY_MS, () => this.#everyHeadsInterval()))
  }

  get topics(): number {
    return this.#topics.size
  }

  get catchingUp(): number {
    return this.#catchUp.size
  }

  /** A session for a connection that said hello with a good token; its heads. Sends nothing before session.begin(). */
  async open(
    receiver: Receiver,
    cursors: ReadonlyMap<StreamId, number>,
  ): Promise<{ session: Session; heads: Map<StreamId, number> }> {
    const session = new Session(this.#host, receiver, cursors)
    const mine = this.#sessions.get(receiver.user)
    if (mine === undefined) this.#sessions.set(receiver.user, new Set([session]))
    else mine.add(session)
    try {
      return { session, heads: await session.open() }
    } catch (error) {
      this.close(session)
      throw error
    }
  }

  close(session: Session): void {
    session.close()
    const { user } = session.receiver
    const mine = this.#sessions.get(user)
    mine?.delete(session)
    if (mine?.size === 0) this.#sessions.delete(user)
  }

  sessionsOf(user: Id): ReadonlySet<Session> {
    return this.#sessions.get(user) ?? new Set()
  }

  /** The connections that are subscribed to a stream on this node. */
  *audience(stream: StreamId): Iterable<Receiver> {
    const found = this.#topics.get(stream)
    if (found === undefined) return
    for (const { receiver } of found.topic.subscribers) yield receiver
  }

  /** How many they are. */
  audienceSize(stream: StreamId): number {
    return this.#topics.get(stream)?.topic.subscribers.size ?? 0
  }

  onEntries(stream: StreamId, entries: readonly StreamEntry[]): void {
    const found = this.#topics.get(stream)
    if (found === undefined) return
    this.#moved.add(found.topic)
    found.topic.take(entries)
  }

  onHead(stream: StreamId, head: number): void {
    const found = this.#topics.get(stream)
    if (found === undefined || head <= found.topic.head) return
    this.#moved.add(found.topic)
    this.#options.timing.later(() => found.topic.expect(head), GRACE_MS)
  }

  onSignal(signal: Signal): void {
    switch (signal.type) {
      case 'typing':
        this.#pushTyping(signal.conversation, signal.user)
        return
      case 'receipts':
        this.#pushReceipts(signal.conversation, signal.receipts)
        return
      case 'revoked':
        this.#closeToken(signal.tokenHash)
        return
      case 'presence':
      case 'node':
        this.#options.onPresence(signal)
        return
    }
  }

  onInterrupted(): void {
    this.#options.onInterrupted()
    this.#askForHeads()
  }

  /** Ends the timing. Sessions are closed by their connections. */
  stop(): void {
    for (const stop of this.#stop) stop()
  }

  #acquire(stream: StreamId): { readonly topic: Topic; readonly ready: Promise<void> } {
    const found = this.#topics.get(stream)
    if (found !== undefined) return found
    const { bus, timing, onFailure } = this.#options
    const topic = new Topic(stream, {
      read: (after) => bus.readAfter({ stream, after, ...GAP_PAGE } satisfies PageRequest),
      onAccess: (access) => this.#applyAccess(access),
      onStuck: (error, retry) => {
        onFailure('filling a gap', error)
        timing.later(retry, RETRY_MS)
      },
    })
    const made = { topic, ready: bus.subscribe(stream) }
    this.#topics.set(stream, made)
    return made
  }

  #release(topic: Topic): void {
    if (topic.subscribers.size > 0 || this.#topics.get(topic.stream)?.topic !== topic) return
    this.#topics.delete(topic.stream)
    this.#moved.delete(topic)
    this.#options.bus.unsubscribe(topic.stream)
  }

  #applyAccess({ user, conversation, allowed }: Access): void {
    for (const session of this.sessionsOf(user)) {
      if (allowed) this.#join(session, conversation)
      else this.#leave(session, conversation)
    }
  }

  /**
   * At once [V6]; then asks whether it was right. Word of a removal and of a later addition come on two streams, in any
   * order, and one who has left a stream hears no more of it.
   */
  #leave(session: Session, conversation: Id): void {
    if (!session.isSubscribed(conversation)) return
    session.leave(conversation)
    this.#options.store.isMember(conversation, session.receiver.user).then(
      (isMember) => {
        if (isMember) this.#join(session, conversation)
      },
      (error: unknown) => this.#comeBack(session, 'leaving', error),
    )
  }

  #join(session: Session, conversation: Id): void {
    session.join(conversation).then(
      (joined) => {
        if (joined) this.#options.onJoined(session, conversation)
      },
      (error: unknown) => this.#comeBack(session, 'joining', error),
    )
  }

  /** A client may see neither a conversation nor that it lacks it: let it come back and be greeted anew. */
  #comeBack({ receiver }: Session, what: string, error: unknown): void {
    this.#options.onFailure(what, error)
    receiver.close(CloseCode.tryAgainLater, wireError('unavailable', 'Come back in a moment.'))
  }

  #pushTyping(conversation: Id, user: Id): void {
    const frame = pushFrame({ push: 'typing', conversation, user })
    for (const receiver of this.audience(conversation)) {
      if (receiver.user !== user) receiver.outlet.write(frame)
    }
  }

  #pushReceipts(conversation: Id, receipts: readonly Receipt[]): void {
    let frame: Buffer | null = null
    for (const receiver of this.audience(conversation)) {
      if (!receiver.hearsReceipts || receipts.every(({ user }) => user === receiver.user)) continue
      frame ??= pushFrame({ push: 'receipts', conversation, receipts: [...receipts] })
      receiver.outlet.write(frame)
    }
  }

  #closeToken(tokenHash: string): void {
    const receivers = [...this.#sessions.values()].flatMap((sessions) =>
      [...sessions].map(({ receiver }) => receiver),
    )
    for (const receiver of receivers) {
      if (receiver.tokenHash === tokenHash) {
        receiver.close(CloseCode.unauthenticated, wireError('unauthenticated', 'Signed out.'))
      }
    }
  }

  #everyHeadsInterval(): void {
    this.#pushHeads()
    if (!this.#options.bus.state().lossless) this.#askForHeads()
  }

  /** Tells each session the heads of its streams that moved, so that a lost tail is noticed [V10]. */
  #pushHeads(): void {
    const moved = this.#moved
    if (moved.size === 0) return
    this.#moved = new Set()
    const byReceiver = new Map<Receiver, Map<StreamId, number>>()
    for (const { stream, known, subscribers } of moved) {
      for (const { receiver, subscription } of subscribers) {
        // One that catches up is about to get there; it is told when it is live and something moves again.
        if (subscription.phase !== 'live') continue
        const heads = byReceiver.get(receiver)
        if (heads === undefined) byReceiver.set(receiver, new Map([[stream, known]]))
        else heads.set(stream, known)
      }
    }
    for (const [receiver, heads] of byReceiver) {
      receiver.outlet.write(headsFrame(Object.fromEntries(heads)))
    }
  }

  /** Asks the database for the heads of all topics, in case the bus lost some [V8]. */
  #askForHeads(): void {
    const streams = [...this.#topics.keys()]
    this.#options.store.heads(streams).then(
      (heads) => {
        for (const [stream, head] of heads) this.onHead(stream, head)
      },
      (error: unknown) => this.#options.onFailure('asking for heads', error),
    )
  }
}
