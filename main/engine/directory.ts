import type { Conversation } from '../../protocol/model/conversation.ts'
import { type Cursors, type Id, isUserStream } from '../../protocol/model/primitives.ts'
import { WIRE_DIGEST } from '../../protocol/wire/digest.ts'
import { classifyFailure } from '../../protocol/wire/failure.ts'
import type { ProfileStore } from '../store/profile-store.ts'
import { fetchedConversation, isPlaceholder } from '../sync/apply-event.ts'
import type { Timers } from '../sync/clock.ts'
import type { ConversationRecord } from '../sync/storage.ts'
import type { Transport } from '../sync/transport.ts'
import type { Keeper } from './keeper.ts'
import type { TurnLoop } from './turn-loop.ts'
import type { Workspace } from './workspace.ts'

/** Conversations that are asked for at the same time. */
const PARALLEL = 16
/** How long after a failed question it is asked again, in ms. */
const AGAIN_MS = 5_000

export interface DirectoryPorts {
  readonly store: Pick<ProfileStore, 'setting' | 'putSetting'>
  readonly workspace: Workspace
  readonly loop: TurnLoop
  readonly keeper: Keeper
  readonly transport: Pick<Transport, 'request'>
  readonly timers: Pick<Timers, 'set'>
  readonly isOnline: () => boolean
  /** A conversation was told anew; inside the turn that stores it. */
  readonly fetched: (conversation: Id) => void
}

/**
 * Knows which conversations the user is in and who is in them. Nothing of what is still to be asked is stored: each
 * greeting tells what is missing.
 */
export class Directory {
  readonly #ports: DirectoryPorts
  readonly #wanted = new Set<Id>()
  readonly #running = new Set<Id>()
  /** Asked for in vain; to be asked again after a while. */
  readonly #postponed = new Set<Id>()
  /** Changed by an event while they were asked for: the answer may be older than that. */
  readonly #outdated = new Set<Id>()
  /** Told by a server to a version that knew another protocol, and may have understood less of it [G1]. */
  readonly #stale = new Set<Id>()
  #greeting = 0
  #cancelAgain: () => void = () => undefined

  constructor(ports: DirectoryPorts) {
    this.#ports = ports
    if (ports.store.setting('directoryKnowledge') === WIRE_DIGEST) return
    for (const { conversation } of ports.workspace.records()) this.#stale.add(conversation.id)
  }

  /**
   * The server said which streams the user may read: looked at in steps [S6], before what comes of the streams. A
   * conversation that is not among them is one the user is no longer in; one that is not known yet, or has nameless
   * members, is asked for.
   */
  greeted(heads: Cursors): void {
    const { workspace, loop } = this.#ports
    this.#greeting += 1
    const greeting = this.#greeting
    const work = this.#compared(heads, [...workspace.records()])
    loop.addBulk({
      step: (isOver) => {
        while (greeting === this.#greeting && work.next().done !== true) {
          if (isOver()) return 'more'
        }
        return 'done'
      },
    })
  }

  /** One record or stream at a time. */
  *#compared(heads: Cursors, records: readonly ConversationRecord[]): Generator<void> {
    for (const { conversation } of records) {
      this.#compare(heads, conversation.id)
      yield
    }
    for (const id of this.#stale) if (!Object.hasOwn(heads, id)) this.#stale.delete(id)
    this.#refreshed()
    for (const stream of Object.keys(heads)) {
      if (!isUserStream(stream) && this.#isIncomplete(stream)) this.#wanted.add(stream)
      yield
    }
    this.#ask()
  }

  /** The record as it is by now. */
  #compare(heads: Cursors, id: Id): void {
    const { workspace } = this.#ports
    const record = workspace.record(id)
    if (record === null || isPlaceholder(record) || workspace.isDamaged(id)) return
    const member = Object.hasOwn(heads, id)
    if (record.member !== member) workspace.putRecord({ ...record, member })
  }

  /** A conversation must be asked for, unless all of it is known by then. */
  want(conversation: Id): void {
    this.#wanted.add(conversation)
    this.#ask()
  }

  /** An event changed the record of a conversation. */
  changed(conversation: Id): void {
    if (this.#running.has(conversation)) this.#outdated.add(conversation)
  }

  stop(): void {
    this.#wanted.clear()
    this.#cancelAgain()
  }

  #isIncomplete(conversation: Id): boolean {
    const { workspace } = this.#ports
    const record = workspace.record(conversation)
    if (this.#stale.has(conversation) || workspace.isDamaged(conversation)) return true
    if (record === null || isPlaceholder(record) || !record.member) return true
    return record.conversation.members.some((member) => workspace.user(member.user) === null)
  }

  #ask(): void {
    if (!this.#ports.isOnline()) return
    for (const conversation of this.#wanted) {
      if (this.#running.size >= PARALLEL) return
      if (this.#running.has(conversation)) continue
      this.#wanted.delete(conversation)
      if (!this.#isIncomplete(conversation)) continue
      this.#running.add(conversation)
      void this.#fetch(conversation)
    }
  }

  async #fetch(id: Id): Promise<void> {
    const { transport, loop, keeper } = this.#ports
    const outcome = await transport.request<'conversation.get'>({
      op: 'conversation.get',
      conversation: id,
    })
    if (outcome.ok) {
      const { conversation } = outcome.reply
      const place = { kind: 'reply', stream: id, seq: 0, name: 'conversation.get' } as const
      loop.post(() => {
        const isTaken = keeper.guard(place, conversation, false, () => {
          this.#take(id, conversation)
          return true
        })
        if (!isTaken) this.#running.delete(id)
      })
    }
    if (!outcome.ok) {
      this.#running.delete(id)
      this.#outdated.delete(id)
      if (classifyFailure(outcome.failure) === 'retryable') this.#postpone(id)
      this.#ask()
    }
  }

  #take(id: Id, conversation: Conversation): void {
    const { workspace, fetched } = this.#ports
    this.#running.delete(id)
    const stored = workspace.record(id)
    if (this.#outdated.delete(id)) this.#wanted.add(id)
    else if (conversation.id === id) {
      workspace.healed(id)
      workspace.putRecord(fetchedConversation(stored, conversation, workspace.self))
      this.#stale.delete(id)
      this.#refreshed()
      fetched(id)
    }
    this.#ask()
  }

  /** Inside a turn: nothing is left that an older version read. */
  #refreshed(): void {
    const { store } = this.#ports
    if (this.#stale.size > 0 || store.setting('directoryKnowledge') === WIRE_DIGEST) return
    store.putSetting('directoryKnowledge', WIRE_DIGEST)
  }

  #postpone(id: Id): void {
    this.#postponed.add(id)
    if (this.#postponed.size > 1) return
    this.#cancelAgain = this.#ports.timers.set(AGAIN_MS, () => {
      for (const conversation of this.#postponed) this.#wanted.add(conversation)
      this.#postponed.clear()
      this.#ask()
    })
  }
}
