import { afterAll, beforeAll } from 'vitest'
import type { StreamEvent } from '../../../protocol/model/event.ts'
import type { Message } from '../../../protocol/model/message.ts'
import type { Id, StreamId } from '../../../protocol/model/primitives.ts'
import type { ChangeOp, Command, ReplyBody } from '../../domain/command.ts'
import { usernameKey } from '../../domain/names.ts'
import { usernameLooks } from '../../domain/skeleton.ts'
import type { CommittedStream } from '../../domain/stream-entry.ts'
import { type Asked, makeCommand } from '../../test-support/make-command.ts'
import type { NewUser, Outcome, Store, StoreOptions } from '../store.ts'

/** A store on a database of its own, and how to end both. */
interface OpenedStore {
  readonly store: Store
  /** Closes the store and opens the same database again. */
  reopen(): Promise<Store>
  dispose(): Promise<void>
}

export type OpenStore = (options: StoreOptions) => Promise<OpenedStore>

/** The time of every test, ms since the epoch; a test may move it. */
export const START = Date.UTC(2030, 0, 1)
export const EDIT_WINDOW_MS = 60_000

/** The store under test, with four users: ann, bob, cy and dee. */
export interface Fixture {
  readonly store: Store
  /** What the store told, in order. */
  readonly told: CommittedStream[]
  now: number
  reopen(): Promise<void>
  /** Executes a request; a refusal is part of the outcome. */
  ask<O extends ChangeOp>(op: O, actor: Id, asked: Asked<O>, lane?: number): Promise<Outcome>
  /** Executes a request that must succeed. */
  reply<O extends ChangeOp>(op: O, actor: Id, asked: Asked<O>): Promise<ReplyBody<O>>
  execute<O extends ChangeOp>(command: Command<O>): Promise<Outcome>
  /** A fresh group that ann owns. */
  group(members: readonly Id[]): Promise<Id>
  send(actor: Id, conversation: Id, body: string): Promise<Message>
  /** All events of a stream. */
  events(stream: StreamId): Promise<StreamEvent[]>
}

const USERS = ['ann', 'bob', 'cy', 'dee'] as const

/** One store for the tests of a describe; each test makes conversations of its own in it. */
export function useStore(open: OpenStore): Fixture {
  const told: CommittedStream[] = []
  const state: { opened: OpenedStore | null; store: Store | null; now: number } = {
    opened: null,
    store: null,
    now: START,
  }
  beforeAll(async () => {
    state.opened = await open({
      now: () => state.now,
      editWindowMs: EDIT_WINDOW_MS,
      onCommitted: (committed) => told.push(...committed),
      observer: { committed: () => undefined },
    })
    state.store = state.opened.store
    for (const name of USERS) await state.store.createUser(newUser(name))
  }, 60_000)
  afterAll(() => state.opened?.dispose())

  const fixture: Fixture = {
    get store() {
      if (state.store === null) throw new Error('the store is not open')
      return state.store
    },
    told,
    get now() {
      return state.now
    },
    set now(ms) {
      state.now = ms
    },
    async reopen() {
      if (state.opened === null) throw new Error('the store is not open')
      state.store = await state.opened.reopen()
    },
    ask: (op, actor, asked, lane) => fixture.execute(makeCommand(op, actor, asked, lane)),
    async reply<O extends ChangeOp>(op: O, actor: Id, asked: Asked<O>) {
      return replyOf<O>(await fixture.ask(op, actor, asked))
    },
    // Any command of one op is one of AnyCommand; the generic form cannot say so.
    execute: (command) => fixture.store.execute(command as Parameters<Store['execute']>[0]),
    async group(members) {
      const asked = { kind: 'group' as const, members: [...members] }
      return (await fixture.reply('conversation.create', 'ann', asked)).conversation.id
    },
    async send(actor, conversation, body) {
      return (await fixture.reply('send', actor, { conversation, body })).message
    },
    async events(stream) {
      const page = { stream, after: 0, limit: 10_000, maxBytes: 1 << 24 }
      return (await fixture.store.entriesAfter(page)).entries.map(({ json }) => JSON.parse(json))
    },
  }
  return fixture
}

/** The answer of a request that succeeded. */
export function replyOf<O extends ChangeOp>(outcome: Outcome): ReplyBody<O> {
  if (!outcome.ok) throw new Error(`refused: ${outcome.error.code}: ${outcome.error.message}`)
  return outcome.reply as ReplyBody<O>
}

export function newUser(name: string, displayName = `${name} display`): NewUser {
  return {
    id: name,
    username: name,
    usernameKey: usernameKey(name),
    looks: usernameLooks(name),
    displayName,
    passwordHash: `hash of ${name}`,
    createdAt: START,
  }
}
