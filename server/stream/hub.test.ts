import { afterEach, describe, expect, test } from 'vitest'
import type { Access, StreamEntry } from '../domain/stream-entry.ts'
import { ManualClock, settle } from '../test-support/manual-clock.ts'
import { TestReceiver } from '../test-support/test-receiver.ts'
import { Hub } from './hub.ts'
import { InProcessBus } from './in-process-bus.ts'

/** A little server without sockets and database: streams in memory, and who may read them. */
class World {
  readonly clock = new ManualClock()
  readonly streams = new Map<string, StreamEntry[]>()
  readonly members = new Map<string, Set<string>>()
  readonly joined: string[] = []
  /** Runs between a question to the database and its answer. */
  meanwhile: () => void = () => undefined
  readonly bus: InProcessBus
  readonly hub: Hub

  constructor({ shared } = { shared: false }) {
    this.bus = new InProcessBus(
      async ({ stream, after, limit }) => {
        const all = this.streams.get(stream) ?? []
        return { entries: all.slice(after, after + limit), head: all.length }
      },
      { shared },
    )
    const answer = async <T>(read: () => T): Promise<T> => {
      const value = read()
      const { meanwhile } = this
      this.meanwhile = () => undefined
      meanwhile()
      await this.clock.pause()
      return value
    }
    this.hub = new Hub({
      bus: this.bus,
      timing: this.clock,
      store: {
        readableHeads: (user) => answer(() => this.#readable(user)),
        heads: (streams) => answer(() => new Map(streams.map((id) => [id, this.#head(id)]))),
        isMember: (conversation, user) =>
          answer(() => this.members.get(conversation)?.has(user) ?? false),
      },
      onFailure: (what, error) => {
        throw new Error(what, { cause: error })
      },
      onCatchUpPage: () => undefined,
      onPresence: () => undefined,
      onJoined: (session, conversation) => this.joined.push(session.receiver.user + conversation),
      onInterrupted: () => undefined,
    })
  }

  /** Commits entries to a stream, and publishes them. */
  commit(stream: string, count = 1, access?: Access): void {
    this.bus.publish([{ stream, entries: this.write(stream, count, access), rewritten: [] }])
  }

  /** Puts entries into the database, as another node would that nobody hears. */
  write(stream: string, count = 1, access?: Access): readonly StreamEntry[] {
    const all = this.streams.get(stream) ?? []
    this.streams.set(stream, all)
    const entries = Array.from({ length: count }, (_, i): StreamEntry => {
      const seq = all.length + i + 1
      const json = JSON.stringify({ seq })
      return access === undefined ? { seq, json } : { seq, json, access }
    })
    all.push(...entries)
    return entries
  }

  add(conversation: string, user: string): void {
    const members = this.members.get(conversation) ?? new Set()
    this.members.set(conversation, members.add(user))
    const access = { user, conversation, allowed: true }
    this.commit(conversation, 1, access)
    this.commit(`user:${user}`, 1, access)
  }

  remove(conversation: string, user: string): void {
    this.members.get(conversation)?.delete(user)
    const access = { user, conversation, allowed: false }
    this.commit(conversation, 1, access)
    this.commit(`user:${user}`, 1, access)
  }

  async connect(user: string, cursors: Record<string, number> = {}) {
    const receiver = new TestReceiver(user)
    const { session, heads } = await this.hub.open(receiver, new Map(Object.entries(cursors)))
    session.begin()
    await settle()
    return { receiver, session, heads }
  }

  #readable(user: string): Map<string, number> {
    const mine = [...this.members].filter(([, members]) => members.has(user)).map(([id]) => id)
    return new Map([...mine, `user:${user}`].map((id) => [id, this.#head(id)]))
  }

  #head(stream: string): number {
    return this.streams.get(stream)?.length ?? 0
  }
}

let world: World
afterEach(() => world.hub.stop())

function upTo(seq: number, from = 1): number[] {
  return Array.from({ length: seq - from + 1 }, (_, i) => from + i)
}

describe('[V5] no window between backlog and live', () => {
  test('what is committed while hello is answered comes once, wherever it falls', async () => {
    world = new World()
    world.add('c', 'ann')
    world.commit('c', 9)
    const receiver = new TestReceiver('ann')
    world.meanwhile = () => world.commit('c')
    const { session, heads } = await world.hub.open(receiver, new Map([['c', 4]]))
    expect(heads.get('c')).toBe(11)
    world.commit('c')
    expect(receiver.frames).toEqual([])
    session.begin()
    world.commit('c')
    await settle()
    world.commit('c')
    expect(receiver.seqs('c')).toEqual(upTo(14, 5))
  })

  test('[V8] a cursor beyond the head, of a life before a restore, hides nothing that comes next', async () => {
    world = new World()
    world.add('c', 'ann')
    world.commit('c', 4)
    const { receiver, heads } = await world.connect('ann', { c: 90, 'user:ann': 70 })
    expect(heads.get('c')).toBe(5)
    world.commit('c', 2)
    expect(receiver.seqs('c')).toEqual([6, 7])
    world.add('d', 'ann')
    await settle()
    expect(receiver.seqs('user:ann')).toEqual([2])
    expect(receiver.seqs('d')).toEqual([1])
  })

  test('a conversation joined while hello is answered is there, from its beginning', async () => {
    world = new World()
    const receiver = new TestReceiver('ann')
    world.meanwhile = () => world.add('c', 'ann')
    const { session } = await world.hub.open(receiver, new Map())
    session.begin()
    await settle()
    world.commit('c')
    expect(receiver.seqs('c')).toEqual([1, 2])
    expect(receiver.seqs('user:ann')).toEqual([1])
  })

  test('one removed while hello is answered gets nothing', async () => {
    world = new World()
    world.add('c', 'ann')
    const receiver = new TestReceiver('ann')
    world.meanwhile = () => world.remove('c', 'ann')
    const { session } = await world.hub.open(receiver, new Map([['c', 0]]))
    world.commit('c')
    session.begin()
    await settle()
    expect(receiver.seqs('c').filter((seq) => seq > 2)).toEqual([])
    expect(session.isSubscribed('c')).toBe(false)
  })

  test('a conversation joined later begins with its newest 100, or goes on where it was', async () => {
    world = new World()
    world.add('c', 'ann')
    world.commit('c', 149)
    const { receiver } = await world.connect('bob')
    world.add('c', 'bob')
    await settle()
    expect(receiver.seqs('c')).toEqual(upTo(151, 52))
    expect(world.joined).toEqual(['bobc'])
    world.remove('c', 'bob')
    world.commit('c', 200)
    world.add('c', 'bob')
    await settle()
    expect(receiver.seqs('c')).toEqual(upTo(353, 52))
  })

  test('one who was removed and added again is there, also when word of the removal comes last', async () => {
    world = new World()
    world.add('c', 'bob')
    const { receiver, session } = await world.connect('bob')
    const access = { user: 'bob', conversation: 'c' }
    const removal = world.write('c', 1, { ...access, allowed: false })
    world.write('c', 1, { ...access, allowed: true })
    // The user's own stream is ahead; the new subscription then gets the removal, late, and never the addition.
    const { subscribe } = world.bus
    world.bus.subscribe = async (stream) => {
      await subscribe.call(world.bus, stream)
      if (stream === 'c') world.hub.onEntries('c', removal)
    }
    world.commit('user:bob', 1, { ...access, allowed: false })
    world.commit('user:bob', 1, { ...access, allowed: true })
    await settle()
    world.bus.subscribe = subscribe
    await settle()
    expect(session.isSubscribed('c')).toBe(true)
    world.commit('c')
    expect(receiver.seqs('c')).toEqual(upTo(4))
  })

  test('a cursor of a conversation that may be read again only later is kept', async () => {
    world = new World()
    world.add('c', 'ann')
    world.commit('c', 149)
    const { receiver } = await world.connect('bob', { c: 10 })
    expect(receiver.seqs('c')).toEqual([])
    world.add('c', 'bob')
    await settle()
    expect(receiver.seqs('c')).toEqual(upTo(151, 11))
  })
})

test('[V7] of the cursors of conversations that may not be read, a thousand are kept', async () => {
  world = new World()
  for (const id of ['near', 'far']) {
    world.add(id, 'ann')
    world.commit(id, 149)
  }
  const others = Object.fromEntries(upTo(2_000).map((n) => [`other${n}`, 1]))
  const { receiver } = await world.connect('bob', { near: 10, ...others, far: 10 })
  world.add('near', 'bob')
  world.add('far', 'bob')
  await settle()
  expect(receiver.seqs('near')).toEqual(upTo(151, 11))
  expect(receiver.seqs('far')).toEqual(upTo(151, 52))
})

describe('[V6] access', () => {
  test('one who is removed gets the removal and nothing after it, on every socket', async () => {
    world = new World()
    world.add('c', 'bob')
    const [one, two] = [await world.connect('bob'), await world.connect('bob')]
    world.remove('c', 'bob')
    world.commit('c', 3)
    await settle()
    for (const { receiver } of [one, two]) expect(receiver.seqs('c')).toEqual([1, 2])
    expect(world.hub.catchingUp).toBe(0)
  })

  test('a revoked token closes its sockets, and no others', async () => {
    world = new World()
    const [ann, bob] = [await world.connect('ann'), await world.connect('bob')]
    world.bus.signal({ type: 'revoked', tokenHash: ann.receiver.tokenHash })
    expect(ann.receiver.closedWith).toBe(4401)
    expect(bob.receiver.closedWith).toBe(null)
  })
})

describe('what the hub keeps', () => {
  test('[V7] nothing of a connection is left when it is closed, also while it opens', async () => {
    world = new World()
    world.add('c', 'ann')
    const { session } = await world.connect('ann', { c: 0 })
    expect(world.hub.topics).toBe(2)
    world.hub.close(session)
    expect(world.hub.topics).toBe(0)
    expect(world.hub.sessionsOf('ann').size).toBe(0)

    const opening = world.hub.open(new TestReceiver('ann'), new Map())
    for (const each of world.hub.sessionsOf('ann')) world.hub.close(each)
    world.hub.close((await opening).session)
    expect(world.hub.topics).toBe(0)
  })

  test('[V10] heads of what moved are pushed within 2 s, once', async () => {
    world = new World()
    world.add('c', 'ann')
    const { receiver } = await world.connect('ann')
    await world.clock.pass(2_000)
    const heads = () => receiver.pushes.filter(({ push }) => push === 'heads')
    expect(heads()).toEqual([])
    world.commit('c', 3)
    await world.clock.pass(2_000)
    expect(heads()).toEqual([{ push: 'heads', heads: { c: 4 } }])
    await world.clock.pass(4_000)
    expect(heads()).toHaveLength(1)
  })

  test('[V10] what another node wrote to a shared database comes without a word from it', async () => {
    world = new World({ shared: true })
    world.add('c', 'ann')
    const { receiver } = await world.connect('ann')
    world.write('c', 3)
    await world.clock.pass(2_000)
    expect(receiver.seqs('c')).toEqual([1, 2, 3, 4])
  })

  test('typing reaches the others in the conversation', async () => {
    world = new World()
    for (const user of ['ann', 'bob']) world.add('c', user)
    const [ann, bob, cat] = [
      await world.connect('ann'),
      await world.connect('bob'),
      await world.connect('cat'),
    ]
    world.bus.signal({ type: 'typing', conversation: 'c', user: 'ann' })
    expect(bob.receiver.pushes).toContainEqual({ push: 'typing', conversation: 'c', user: 'ann' })
    for (const { receiver } of [ann, cat]) {
      expect(receiver.pushes.some(({ push }) => push === 'typing')).toBe(false)
    }
  })

  test('[R4] [V6] receipts reach those members who asked for them, and of the own nobody', async () => {
    world = new World()
    for (const user of ['ann', 'bob', 'cat']) world.add('c', user)
    const [ann, bob, cat, dan] = [
      await world.connect('ann'),
      await world.connect('bob'),
      await world.connect('cat'),
      await world.connect('dan'),
    ]
    for (const { receiver } of [ann, bob, dan]) receiver.hearsReceipts = true
    const receipts = [{ user: 'bob', joined: 1, delivered: 3, read: 2 }]
    const told = { push: 'receipts', conversation: 'c', receipts }
    const tell = () => world.bus.signal({ type: 'receipts', conversation: 'c', receipts })
    const heard = ({ receiver }: typeof ann) =>
      receiver.pushes.filter(({ push }) => push === 'receipts')
    tell()
    expect(heard(ann)).toEqual([told])
    for (const other of [bob, cat, dan]) expect(heard(other)).toEqual([])
    world.remove('c', 'ann')
    await settle()
    tell()
    expect(heard(ann)).toEqual([told])
    expect(world.hub.audienceSize('c')).toBe(2)
    expect(world.hub.audienceSize('nowhere')).toBe(0)
  })
})
