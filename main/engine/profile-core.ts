import { randomUUID } from 'node:crypto'
import type { AppEvent, Notice } from '../../protocol/ipc/views.ts'
import {
  type Cursors,
  type Id,
  isUserStream,
  type StreamId,
  userStream,
} from '../../protocol/model/primitives.ts'
import { type ReceivedEvent, rawText, streamOf } from '../../protocol/model/received.ts'
import type { NetworkReason } from '../../protocol/wire/failure.ts'
import type { ReceivedPush, ReceivedReplyOf } from '../../protocol/wire/received.ts'
import { FIRST_PROTOCOL } from '../../protocol/wire/versions.ts'
import type { KeptPlace } from '../store/kept-table.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import type { StoredAccount } from '../store/settings-table.ts'
import { isPlaceholder } from '../sync/apply-event.ts'
import { instantOf } from '../sync/clock.ts'
import type { ConnectionState } from '../sync/connection.ts'
import type { Lost } from '../sync/outbox-lost.ts'
import type { OutboxInput } from '../sync/outbox-protocol.ts'
import { ServerClock } from '../sync/server-clock.ts'
import { cursorsOf, isCaughtUp } from '../sync/stream-state.ts'
import type { Misfit, Transport, TransportListener } from '../sync/transport.ts'
import type { Changes } from './changes.ts'
import { Commands } from './commands.ts'
import { Directory } from './directory.ts'
import { EventApplier } from './event-applier.ts'
import { History } from './history.ts'
import { isOfTheStore, Keeper } from './keeper.ts'
import { MembershipRequests } from './membership-requests.ts'
import { OutboxDriver } from './outbox-driver.ts'
import type { HostPorts, NetworkPorts } from './ports.ts'
import { Presence } from './presence.ts'
import { Receipts } from './receipts.ts'
import { Rereading } from './rereading.ts'
import { restoredStream } from './restored-stream.ts'
import { Search } from './search.ts'
import { SearchScope } from './search-scope.ts'
import { type RestoredEffect, StreamDriver } from './stream-driver.ts'
import type { TurnLoop } from './turn-loop.ts'
import { TypingSignals } from './typing-signals.ts'
import type { ConversationViewPorts } from './views/conversation-views.ts'
import { type MessageViewPorts, MessageViews } from './views/message-views.ts'
import { Workspace } from './workspace.ts'

export interface CorePorts {
  readonly host: HostPorts
  readonly network: NetworkPorts
  readonly store: ProfileStore
  readonly loop: TurnLoop
  readonly changes: Changes
  readonly account: () => StoredAccount
  /** Keeps what the server says of the account; inside a turn. */
  readonly learned: (change: Pick<StoredAccount, 'user' | 'limits' | 'peer'>) => void
  readonly connectionChanged: (state: ConnectionState) => void
  /** The server no longer knows the token, or says that it is somebody else's. */
  readonly signedOut: () => void
  readonly notify: (notice: Notice) => void
  /** Whether this made something fail since the program started. */
  readonly wasSetAside: (place: KeptPlace) => boolean
  /** For what is told at once and kept nowhere. */
  readonly emit: (event: AppEvent) => void
}

type ViewPorts = MessageViewPorts & ConversationViewPorts

/**
 * One account at work: its outbox, its streams and what is asked of the server, around one store and one line. Made anew
 * from the store whenever something went wrong with it.
 */
export class ProfileCore implements TransportListener {
  readonly transport: Transport
  readonly workspace: Workspace
  readonly presence = new Presence()
  readonly outbox: OutboxDriver
  readonly streams: StreamDriver
  readonly history: History
  readonly search: Search
  readonly searchScope: SearchScope
  readonly commands: Commands
  readonly membership: MembershipRequests
  readonly receipts: Receipts
  readonly keeper: Keeper
  readonly #ports: CorePorts
  readonly #directory: Directory
  readonly #typing = new TypingSignals()
  readonly #serverClock = new ServerClock()
  /** Names of the conversations that a restored server knew less of than we did. */
  readonly #restored: string[] = []
  #isOnline = false
  /** Number of the present greeting; what was put off for an older one no longer counts. */
  #greeting = 0
  #greetings: (() => void)[] = []

  constructor(ports: CorePorts) {
    this.#ports = ports
    const { host, network, store, loop, changes } = ports
    const { clock, timers, logger } = host
    this.transport = network.transport(this)
    const { transport } = this
    const workspace = new Workspace({
      store,
      changes,
      self: ports.account().user,
      now: () => clock.now(),
    })
    this.workspace = workspace
    this.keeper = new Keeper({
      ...{ store, changes, loop, logger },
      unreadable: (stream) => {
        if (this.workspace.record(stream) === null) ports.notify({ kind: 'unreadable' })
      },
    })
    const { keeper } = this
    const shared = { store, workspace, changes, loop, transport, clock, timers, logger, keeper }
    const isOnline = () => this.#isOnline
    const cursor = (conversation: Id) => this.streams.cursor(conversation)
    this.outbox = new OutboxDriver({ ...shared, cursor, signedOut: ports.signedOut })
    const head = (conversation: Id) => this.streams.state.streams.get(conversation)?.head ?? 0
    this.receipts = new Receipts({ ...shared, isOnline, cursor, head })
    const { receipts } = this
    this.#directory = new Directory({
      ...shared,
      isOnline,
      fetched: (conversation) => receipts.membersTold(conversation),
    })
    const applier = new EventApplier({
      ...shared,
      observed: (message) => this.outbox.feed({ type: 'observed', message, newKey: randomUUID() }),
      received: ({ conversation, seq }) => receipts.received(conversation, seq),
      joined: (conversation, user, seq) => receipts.book.joined(conversation, user, seq),
      changed: (conversation) => {
        this.#directory.changed(conversation)
        receipts.book.membersChanged(conversation)
      },
      wanted: (conversation) => loop.afterCommit(() => this.#directory.want(conversation)),
      orphaned: (conversation, event) => this.history.orphaned(conversation, event),
    })
    this.streams = new StreamDriver({
      ...shared,
      applier,
      restored: (effect) => this.#restore(effect),
      refused: (stream) => this.#refuse(stream),
    })
    this.history = new History({
      ...shared,
      cursor,
      head,
      isOnline,
      applier,
      views: (conversation) => this.messageViews(conversation),
    })
    const { history } = this
    const now = () => clock.now()
    const defer = (callback: () => void) => timers.defer(callback)
    const knowsAll = () => isCaughtUp(this.streams.state, userStream(workspace.self))
    const searchScope = new SearchScope({ store, workspace, history, knowsAll, now, defer })
    this.searchScope = searchScope
    this.search = new Search({
      store,
      workspace,
      outbox: () => this.outbox.state,
      views: (conversation) => this.messageViews(conversation),
      now,
      defer,
      isComplete: (conversations) => searchScope.isComplete(conversations),
    })
    this.commands = new Commands({
      ...shared,
      outbox: this.outbox,
      cursor,
      now,
      maxBodyBytes: () => ports.account().limits.maxBodyBytes,
    })
    this.membership = new MembershipRequests(shared)
    this.outbox.load()
    new Rereading({ ...shared, applier, wasSetAside: ports.wasSetAside }).begin()
  }

  /** What all views are made of. */
  get views(): ViewPorts {
    const { store, host, account } = this.#ports
    return {
      store,
      workspace: this.workspace,
      presence: this.presence,
      receipts: this.receipts.book,
      keeper: this.keeper,
      outbox: () => this.outbox.state,
      now: () => instantOf(host.clock),
      serverClock: this.#serverClock,
      editWindowMs: () => account().limits.editWindowMs,
    }
  }

  /** The messages of a conversation as they are now, for the screen. */
  messageViews(conversation: Id): MessageViews {
    return new MessageViews(this.views, conversation)
  }

  /** Sets the timers to what the machines wait for; called after every turn. */
  rearm(): void {
    this.outbox.rearm()
    this.streams.rearm()
  }

  /** Lets go of the line and of all timers. */
  stop(): void {
    this.transport.stop()
    this.outbox.stop()
    this.streams.stop()
    this.#directory.stop()
    this.receipts.stop()
  }

  /** Resolves when the server has greeted us; false when it does not within `timeoutMs`. */
  whenOnline(timeoutMs: number): Promise<boolean> {
    if (this.#isOnline) return Promise.resolve(true)
    return new Promise((resolve) => {
      const cancel = this.#ports.host.timers.set(timeoutMs, () => resolve(this.#isOnline))
      this.#greetings.push(() => {
        cancel()
        resolve(true)
      })
    })
  }

  reportTyping(conversation: Id): void {
    if (!this.#isOnline || this.workspace.record(conversation)?.member !== true) return
    if (!this.#typing.isDue(conversation, this.#ports.host.clock.monotonic())) return
    void this.transport.request<'typing'>({ op: 'typing', conversation })
  }

  cursors(): Cursors {
    return cursorsOf(this.streams.state)
  }

  connectionChanged(state: ConnectionState): void {
    this.#ports.connectionChanged(state)
    if (state.status === 'signed-out') this.#ports.signedOut()
  }

  greeted({ user, server, heads }: ReceivedReplyOf<'hello'>): void {
    const { loop, host, signedOut, learned } = this.#ports
    if (user.id !== this.workspace.self) {
      host.logger.error({}, 'the server takes this session for another account')
      signedOut()
      return
    }
    this.#isOnline = true
    const { editWindowMs, maxBodyBytes, ordered, instance = null, restoredTo } = server
    const { protocol = FIRST_PROTOCOL, minProtocol = FIRST_PROTOCOL, features = [] } = server
    loop.post(() => {
      const peer = { protocol, minProtocol, features }
      learned({ user, limits: { editWindowMs, maxBodyBytes }, peer })
      this.workspace.putUser(user)
    })
    this.#directory.greeted(heads)
    const restoredToMs = restoredTo === undefined ? null : Date.parse(restoredTo)
    const effects = this.streams.feed({ type: 'greeted', heads, instance, restoredToMs })
    this.receipts.greeted(heads)
    this.#openOutbox(
      { type: 'online', ordered: ordered === true, maxBodyBytes },
      effects.some((effect) => effect.type === 'restored'),
    )
    const greetings = this.#greetings
    this.#greetings = []
    for (const greet of greetings) greet()
  }

  /**
   * Lets the outbox use the line. Behind a restore it first has to know what the server has lost: a change of a lost
   * message would be refused for good, instead of waiting for the message to be sent again.
   */
  #openOutbox(online: OutboxInput & { type: 'online' }, isRestored: boolean): void {
    const { loop } = this.#ports
    this.#greeting += 1
    const greeting = this.#greeting
    const open = (): void => {
      if (greeting !== this.#greeting) return
      this.outbox.feed(online)
      this.outbox.retryReads()
    }
    if (!isRestored) loop.post(open)
    else {
      loop.addBulk({
        step: () => {
          open()
          return 'done'
        },
      })
    }
  }

  /** One that makes something fail is passed over, and told [O9]. */
  pushed(push: ReceivedPush): void {
    try {
      this.#take(push)
    } catch (error) {
      if (isOfTheStore(error)) throw error
      this.#ports.host.logger.error({ err: error, push: push.push }, 'a push fails')
      const [stream, raw] = [streamOf(push), rawText(push)]
      this.#keep({ kind: 'push', name: push.push, stream, raw }, 'threw')
    }
  }

  misfit(what: Misfit): void {
    this.#keep(what, 'misfit')
  }

  #keep(what: Misfit, reason: 'misfit' | 'threw'): void {
    this.#ports.loop.post(() => this.keeper.keep({ ...what, seq: 0, reason }))
  }

  #take(push: ReceivedPush): void {
    switch (push.push) {
      case 'events':
        this.#hear(push.events)
        this.streams.feed({ type: 'events', stream: push.stream, events: push.events })
        break
      case 'receipts':
        this.receipts.pushed(push.conversation, push.receipts)
        break
      case 'heads':
        this.streams.feed({ type: 'heads', heads: push.heads })
        break
      case 'typing':
        this.#tellTyping(push.conversation, push.user)
        break
      case 'presence':
        if (this.presence.set(push.user, push.online)) this.#presenceChanged([push.user])
        break
      case 'bye':
        this.#ports.host.logger.info({ code: push.error.code }, 'the server says goodbye')
        break
    }
  }

  lost(_reason: NetworkReason, closeCode: number | null): void {
    this.#isOnline = false
    this.#greeting += 1
    this.streams.feed({ type: 'offline' })
    this.#ports.loop.post(() => this.outbox.feed({ type: 'offline', closeCode }))
    this.#presenceChanged(this.presence.clear())
  }

  /** Events that come live tell the server's time. */
  #hear(events: readonly ReceivedEvent[]): void {
    const last = events.at(-1)
    if (last === undefined || last.type === 'kept') return
    this.#serverClock.heard(Date.parse(last.at), this.#ports.host.clock.monotonic())
  }

  #tellTyping(conversation: Id, user: Id): void {
    if (user === this.workspace.self || this.workspace.record(conversation) === null) return
    const name = this.workspace.nameOf(user)
    this.#ports.emit({ type: 'typing', conversation, user: { id: user, name } })
  }

  #presenceChanged(users: readonly Id[]): void {
    for (const user of users) {
      for (const id of this.workspace.conversationsWith(user)) this.#ports.changes.conversation(id)
    }
  }

  /** What the server lost of the user's own comes back as failed, before its rows go; the user is told. */
  #restore({ stream, head, lostSinceMs, isShown }: RestoredEffect): () => 'more' | 'done' {
    if (isUserStream(stream)) return () => 'done'
    const { store, notify } = this.#ports
    this.receipts.forget(stream)
    this.keeper.forget(stream)
    const record = this.workspace.record(stream)
    if (record !== null) this.#restored.push(this.workspace.conversationName(record))
    notify({ kind: 'server_restored', conversations: [...this.#restored] })
    if (!isShown) this.#refuse(stream)
    const lost = (what: Lost): void => {
      this.outbox.feed({ type: 'lost', lost: what })
    }
    return restoredStream({ store, self: this.workspace.self, lost }, stream, head, lostSinceMs)
  }

  #refuse(stream: StreamId): void {
    const record = this.workspace.record(stream)
    if (record?.member !== true || isPlaceholder(record)) return
    this.workspace.putRecord({ ...record, member: false })
  }
}
