import { type Id, isUserStream, type StreamId } from '../../protocol/model/primitives.ts'
import type { Timing } from '../timing.ts'
import { pushFrame } from './frames.ts'
import type { Receiver } from './receiver.ts'
import type { Signal } from './stream-bus.ts'

/** Changes are told together this often, in ms; one who reconnects in between was never away. */
const TELL_EVERY_MS = 1_000
/** A node says this often that it is there, in ms; one that has not for SILENT_AFTER_MS has no sockets any more. */
const ALIVE_EVERY_MS = 10_000
const SILENT_AFTER_MS = 30_000
/** Most users whose presence one who arrives is told. */
const MAX_TOLD = 500
/** Most conversations named in one signal. */
const MAX_NAMED = 1_000

type PresenceSignal = Extract<Signal, { type: 'presence' }>
type NodeSignal = Extract<Signal, { type: 'node' }>

/** A connection, as far as presence is concerned. */
export interface PresentSession {
  readonly receiver: Receiver
  /** The streams that it is subscribed to now. */
  streams(): Iterable<StreamId>
}

export interface PresenceOptions {
  /** Name of this node, unlike that of any other. */
  readonly node: string
  readonly timing: Timing
  readonly signal: (signal: Signal) => void
  /** The connections on this node that are subscribed to a conversation. */
  readonly audience: (conversation: Id) => Iterable<Receiver>
}

/**
 * Who is online: with the first socket on any node, until the last [contract, presence]. Told to those who share a
 * conversation with the user. Kept in memory only, and best effort between nodes.
 */
export class Presence {
  readonly #options: PresenceOptions
  /** Connections of each user on this node. */
  readonly #sessions = new Map<Id, Set<PresentSession>>()
  /** Users who came or went, with the conversations that those who went were in. */
  #changed = new Map<Id, Set<Id>>()
  /** Conversations in which a connection has not been told yet who is there. */
  #unaware = new Map<PresentSession, Set<Id>>()
  /** Conversations that users who are online came to be in. */
  #joined = new Map<Id, Set<Id>>()
  /** Nodes on which each user is online, as was told. */
  readonly #online = new Map<Id, Set<string>>()
  /** Users of other nodes, by those of their conversations that someone here is in. */
  readonly #elsewhere = new Map<Id, Set<Id>>()
  readonly #heardAt = new Map<string, number>()
  readonly #stop: (() => void)[]

  constructor(options: PresenceOptions) {
    this.#options = options
    const { timing } = options
    this.#stop = [
      timing.every(TELL_EVERY_MS, () => this.tell()),
      timing.every(ALIVE_EVERY_MS, () => this.#sayAlive()),
    ]
  }

  arrived(session: PresentSession): void {
    const { user } = session.receiver
    const sessions = this.#sessions.get(user)
    if (sessions === undefined) this.#sessions.set(user, new Set([session]))
    else sessions.add(session)
    this.#unaware.set(session, new Set(conversationsOf(session)))
    this.#mark(user, [])
  }

  /** A connection was subscribed to one more conversation: those in it and the user learn of each other. */
  joined(session: PresentSession, conversation: Id): void {
    const unaware = this.#unaware.get(session)
    if (unaware === undefined) this.#unaware.set(session, new Set([conversation]))
    else unaware.add(conversation)
    const { user } = session.receiver
    const joined = this.#joined.get(user)
    if (joined === undefined) this.#joined.set(user, new Set([conversation]))
    else joined.add(conversation)
  }

  /** To be called while the session is still subscribed. */
  left(session: PresentSession): void {
    const { user } = session.receiver
    const sessions = this.#sessions.get(user)
    sessions?.delete(session)
    if (sessions?.size === 0) this.#sessions.delete(user)
    this.#unaware.delete(session)
    this.#mark(user, conversationsOf(session))
  }

  /** Another node's word, or our own come round. */
  take(signal: PresenceSignal | NodeSignal): void {
    if (signal.type === 'presence') this.#takePresence(signal)
    else if (signal.alive) this.#heardAt.set(signal.node, this.#options.timing.monotonicMs())
    else this.#forgetNode(signal.node)
  }

  /** Tells what changed since the last time. */
  tell(): void {
    const { node } = this.#options
    // First those who arrived learn who was there; then everyone, they included, what changed.
    const unaware = this.#unaware
    this.#unaware = new Map()
    for (const [session, conversations] of unaware) {
      this.#tellNewcomer(session, conversations)
    }
    const joined = this.#joined
    this.#joined = new Map()
    for (const [user, conversations] of joined) {
      if (this.#isToldOnline(user, node)) this.#announce(user, [...conversations])
    }
    const changed = this.#changed
    this.#changed = new Map()
    for (const [user, conversations] of changed) {
      const sessions = this.#sessions.get(user)
      if (this.#isToldOnline(user, node) === (sessions !== undefined)) continue
      for (const session of sessions ?? []) {
        for (const conversation of conversationsOf(session)) conversations.add(conversation)
      }
      this.#announce(user, [...conversations])
    }
  }

  /** Says goodbye to the other nodes. */
  stop(): void {
    for (const stop of this.#stop) stop()
    this.#options.signal({ type: 'node', node: this.#options.node, alive: false })
  }

  #mark(user: Id, conversations: Iterable<Id>): void {
    const marked = this.#changed.get(user) ?? new Set()
    for (const conversation of conversations) marked.add(conversation)
    this.#changed.set(user, marked)
  }

  #isToldOnline(user: Id, node: string): boolean {
    return this.#online.get(user)?.has(node) ?? false
  }

  /** Tells all nodes how many sockets a user has here. */
  #announce(user: Id, conversations: readonly Id[]): void {
    const { node, signal } = this.#options
    const sockets = this.#sessions.get(user)?.size ?? 0
    const named = conversations.slice(0, MAX_NAMED)
    signal({ type: 'presence', node, user, sockets, conversations: named })
  }

  #takePresence({ node, user, sockets, conversations }: PresenceSignal): void {
    const nodes = this.#online.get(user) ?? new Set()
    const wasOnline = nodes.size > 0
    const isNewThere = sockets > 0 && !nodes.has(node)
    if (sockets > 0) nodes.add(node)
    else nodes.delete(node)
    if (nodes.size > 0) this.#online.set(user, nodes)
    else this.#online.delete(user)
    const isOnline = nodes.size > 0
    if (node !== this.#options.node) {
      this.#heardAt.set(node, this.#options.timing.monotonicMs())
      this.#indexElsewhere(user, isOnline, conversations)
      // That node may know nobody yet, even when another has long had a socket of this user.
      if (isNewThere) this.#answerNewcomer(conversations)
    }
    if (isOnline || wasOnline) this.#push(user, isOnline, conversations)
  }

  #push(user: Id, online: boolean, conversations: Iterable<Id>): void {
    const frame = pushFrame({ push: 'presence', user, online })
    const told = new Set<Receiver>()
    for (const conversation of conversations) {
      for (const receiver of this.#options.audience(conversation)) {
        if (receiver.user !== user) told.add(receiver)
      }
    }
    for (const receiver of told) receiver.outlet.write(frame)
  }

  #tellNewcomer({ receiver }: PresentSession, conversations: Iterable<Id>): void {
    const online = new Set<Id>()
    for (const conversation of conversations) {
      if (online.size >= MAX_TOLD) break
      for (const { user } of this.#options.audience(conversation)) {
        if (this.#online.has(user)) online.add(user)
      }
      for (const user of this.#elsewhere.get(conversation) ?? []) online.add(user)
    }
    online.delete(receiver.user)
    for (const user of [...online].slice(0, MAX_TOLD)) {
      receiver.outlet.write(pushFrame({ push: 'presence', user, online: true }))
    }
  }

  #indexElsewhere(user: Id, isOnline: boolean, conversations: readonly Id[]): void {
    for (const conversation of conversations) {
      const known = this.#elsewhere.get(conversation)
      if (!isOnline) known?.delete(user)
      else if (known !== undefined) known.add(user)
      // Also when nobody here is in it: one who is reconnecting was told online, and will not be announced again.
      else this.#elsewhere.set(conversation, new Set([user]))
      if (known?.size === 0) this.#elsewhere.delete(conversation)
    }
  }

  /** Someone came online on another node, which may not know who is here: the users of the shared conversations. */
  #answerNewcomer(conversations: readonly Id[]): void {
    const { audience } = this.#options
    const shared = new Map<Id, Id[]>()
    for (const conversation of conversations) {
      for (const { user } of audience(conversation)) {
        const known = shared.get(user)
        if (known === undefined) shared.set(user, [conversation])
        else if (known.at(-1) !== conversation) known.push(conversation)
      }
    }
    for (const [user, named] of [...shared].slice(0, MAX_TOLD)) {
      if (this.#sessions.has(user)) this.#announce(user, named)
    }
  }

  #sayAlive(): void {
    const { node, signal, timing } = this.#options
    signal({ type: 'node', node, alive: true })
    const now = timing.monotonicMs()
    for (const [other, at] of this.#heardAt) {
      if (other !== node && now - at > SILENT_AFTER_MS) this.#forgetNode(other)
    }
    for (const conversation of this.#elsewhere.keys()) {
      if (isEmpty(this.#options.audience(conversation))) this.#elsewhere.delete(conversation)
    }
  }

  #forgetNode(node: string): void {
    this.#heardAt.delete(node)
    for (const [user, nodes] of [...this.#online]) {
      if (!nodes.has(node)) continue
      const conversations = [...this.#elsewhere]
        .filter(([, users]) => users.has(user))
        .map(([conversation]) => conversation)
      this.#takePresence({ type: 'presence', node, user, sockets: 0, conversations })
      this.#heardAt.delete(node)
    }
  }
}

function conversationsOf(session: PresentSession): Id[] {
  return [...session.streams()].filter((stream) => !isUserStream(stream))
}

function isEmpty(items: Iterable<unknown>): boolean {
  for (const _ of items) return false
  return true
}
