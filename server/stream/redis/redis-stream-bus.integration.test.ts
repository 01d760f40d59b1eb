import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { StreamId } from '../../../protocol/model/primitives.ts'
import { type BusNode, startBusNode } from '../../test-support/bus-node.ts'
import { MemoryLog } from '../../test-support/memory-log.ts'
import { startRedis, type TestRedis } from '../../test-support/redis-server.ts'

const ROOM = 'room'

/** Redis is killed, frozen and started again here: what is waited for are its connections. */
vi.setConfig({ testTimeout: 30_000 })

let redis: TestRedis
let log: MemoryLog
let nodes: BusNode[] = []

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
beforeEach(() => {
  log = new MemoryLog(randomUUID())
})
afterEach(async () => {
  await Promise.all(nodes.map(({ bus }) => bus.close()))
  nodes = []
})

async function node(name: string, cap?: number): Promise<BusNode> {
  const started = await startBusNode(log, redis.url, name, cap)
  nodes.push(started)
  return started
}

const seqs = ({ entries }: BusNode, stream: StreamId = ROOM) =>
  (entries.get(stream) ?? []).map(({ seq }) => seq)
const page = (of: BusNode, after: number, limit = 500) =>
  of.bus.readAfter({ stream: ROOM, after, limit, maxBytes: 1 << 20 })
const kept = async (stream: StreamId = ROOM) =>
  Number(await redis.ask('XLEN', `ferry:${log.instance}:log:${stream}`))
const raw = async () =>
  JSON.stringify(await redis.ask('XRANGE', `ferry:${log.instance}:log:${ROOM}`, '-', '+'))
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe('live, over two nodes', () => {
  test('[V9] what one node commits reaches the sockets of both, in order, once', async () => {
    const [a, b] = [await node('a'), await node('b')]
    await Promise.all([a.bus.subscribe(ROOM), b.bus.subscribe(ROOM)])
    for (let n = 0; n < 500; n++) a.bus.publish([log.send(ROOM, `message ${n}`)])
    await b.until(() => seqs(b).length === 500)
    expect(seqs(a)).toEqual(range(1, 500))
    expect(seqs(b)).toEqual(range(1, 500))
  })

  test('[V9] a stream that nobody here listens to does not arrive', async () => {
    const [a, b] = [await node('a'), await node('b')]
    await b.bus.subscribe(ROOM)
    await b.bus.subscribe('other')
    b.bus.unsubscribe('other')
    a.bus.publish([log.send('other', 'x'), log.send(ROOM, 'y')])
    await b.until(() => seqs(b).length === 1)
    expect(seqs(b, 'other')).toEqual([])
    // Subscribed again before the cancellation was confirmed: it holds.
    b.bus.unsubscribe(ROOM)
    await b.bus.subscribe(ROOM)
    a.bus.publish([log.send(ROOM, 'z')])
    await b.until(() => seqs(b).length === 2)
  })

  test('signals reach every node, the sender included, once', async () => {
    const [a, b] = [await node('a'), await node('b')]
    const signal = { type: 'typing', conversation: ROOM, user: 'ann' } as const
    a.bus.signal(signal)
    b.bus.signal({ type: 'revoked', tokenHash: 'ab'.repeat(32) })
    await a.until(() => a.signals.length === 2)
    await b.until(() => b.signals.length === 2)
    expect(a.signals).toContainEqual(signal)
    expect(b.signals).toContainEqual(signal)
  })

  test('[V9] two nodes that write one stream leave it without gap or repeat in Redis', async () => {
    const [a, b] = [await node('a'), await node('b')]
    for (let n = 0; n < 300; n++) {
      // The other node's commits of the same turn are on their way at the same time.
      const [first, second] = n % 3 === 0 ? [a, b] : [b, a]
      first.bus.publish([log.send(ROOM, `one ${n}`)])
      second.bus.publish([log.send(ROOM, `two ${n}`)])
      if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await a.until(() => log.relayed(ROOM) === 600)
    expect((await page(a, 0, 1_000)).entries.map(({ seq }) => seq)).toEqual(range(1, 600))
    expect(await kept()).toBe(600)
    expect(a.reads.cache).toBe(1)
  })
})

describe('what never got to Redis', () => {
  test('[V10] an event committed by a node that died before it published comes from the relay of another', async () => {
    const b = await node('b')
    await b.bus.subscribe(ROOM)
    log.send(ROOM, 'committed, and then the node was gone')
    await b.until(() => seqs(b).length === 1)
    await b.until(() => log.relayed(ROOM) === 1)
    expect(await kept()).toBe(1)
  })

  test('[V9] a gap in front of a commit is filled from the database', async () => {
    const [a, b] = [await node('a'), await node('b')]
    await b.bus.subscribe(ROOM)
    a.bus.publish([log.send(ROOM, 'one')])
    await b.until(() => seqs(b).length === 1)
    log.send(ROOM, 'two, of another node')
    log.send(ROOM, 'three, of another node')
    a.bus.publish([log.send(ROOM, 'four')])
    await b.until(() => seqs(b).length === 4)
    expect(seqs(b)).toEqual([1, 2, 3, 4])
  })

  test('[V10] a database that never knew Redis is not poured into it whole', async () => {
    for (let n = 0; n < 3_000; n++) log.send(ROOM, `old ${n}`)
    const a = await node('a')
    await a.until(() => log.relayed(ROOM) === 3_000)
    expect(await kept()).toBe(1_000)
    expect((await page(a, 0, 10)).entries.map(({ seq }) => seq)).toEqual(range(1, 10))
    expect(a.reads.database).toBe(1)
    expect((await page(a, 2_990)).entries.map(({ seq }) => seq)).toEqual(range(2_991, 3_000))
    expect(a.reads.cache).toBe(1)
  })
})

describe('Redis loses its memory', () => {
  test('[V8] flushed: pages come from the database, then it heals and the cache serves again', async () => {
    const a = await node('a')
    for (let n = 0; n < 50; n++) a.bus.publish([log.send(ROOM, `message ${n}`)])
    await a.until(() => log.relayed(ROOM) === 50)
    await redis.ask('FLUSHALL')
    expect((await page(a, 10)).entries.map(({ seq }) => seq)).toEqual(range(11, 50))
    expect(a.reads).toEqual({ cache: 0, database: 1 })
    const pages = log.pagesRead
    await a.until(() => log.pagesRead > pages)
    await a.until(() => a.bus.state().status === 'ok')
    await untilCached(a, 10)
    expect(await kept()).toBe(50)
  })

  test('[V8] killed and started empty: live delivery and cache come back by themselves', async () => {
    const [a, b] = [await node('a'), await node('b')]
    await b.bus.subscribe(ROOM)
    a.bus.publish([log.send(ROOM, 'before')])
    await b.until(() => seqs(b).length === 1)
    const { interruptions } = b
    await redis.kill()
    await b.until(() => b.bus.state().status === 'degraded')
    await a.until(() => a.bus.state().status === 'degraded')
    a.bus.publish([log.send(ROOM, 'while it was away')])
    expect((await page(b, 0)).entries).toHaveLength(2)
    await redis.restart()
    await b.until(() => b.bus.state().status === 'ok' && b.interruptions >= interruptions + 2)
    await a.until(() => a.bus.state().status === 'ok')
    await a.until(() => log.relayed(ROOM) === 2)
    a.bus.publish([log.send(ROOM, 'after')])
    await b.until(() => seqs(b).includes(3))
  })

  test('[V8] restored to an older snapshot: the hole is seen and filled', async () => {
    const [a, b] = [await node('a'), await node('b')]
    for (let n = 0; n < 20; n++) a.bus.publish([log.send(ROOM, `old ${n}`)])
    await a.until(() => log.relayed(ROOM) === 20)
    const snapshot = await redis.snapshot()
    a.bus.publish([log.erase(ROOM, 7)])
    for (let n = 0; n < 20; n++) a.bus.publish([log.send(ROOM, `new ${n}`)])
    await a.until(() => log.relayed(ROOM) === 41)
    await redis.kill()
    await b.until(() => b.bus.state().status === 'degraded')
    await redis.restart(snapshot)
    await b.until(() => b.bus.state().status === 'ok')
    await a.until(() => a.bus.state().status === 'ok')
    expect(await raw()).toContain('old 6')
    // The snapshot still has a body that was erased since: nobody may be served from it.
    const replay = await page(b, 0)
    expect(replay.entries.map(({ seq }) => seq)).toEqual(range(1, 41))
    expect(JSON.stringify(replay)).not.toContain('old 6"')
    await b.bus.subscribe(ROOM)
    a.bus.publish([log.send(ROOM, 'next')])
    await b.until(() => seqs(b).includes(42))
    await untilCached(b, 30)
    expect(await raw()).not.toContain('old 6\\"')
  })

  test('[V8] frozen: nothing waits for it, and what it missed is brought when it thaws', async () => {
    const [a, b] = [await node('a'), await node('b')]
    await b.bus.subscribe(ROOM)
    a.bus.publish([log.send(ROOM, 'one')])
    await b.until(() => seqs(b).length === 1)
    redis.freeze()
    try {
      a.bus.publish([log.send(ROOM, 'two')])
      expect((await page(b, 0)).entries).toHaveLength(2)
      await b.bus.subscribe('a stream first asked for while it hangs')
      await b.until(() => b.bus.state().status === 'degraded')
      expect((await page(b, 0)).entries).toHaveLength(2)
    } finally {
      redis.thaw()
    }
    await b.until(() => b.bus.state().status === 'ok')
    await b.until(() => seqs(b).includes(2))
    a.bus.publish([log.send('a stream first asked for while it hangs', 'x')])
    await b.until(() => seqs(b, 'a stream first asked for while it hangs').length === 1)
  })

  test('[V8] a Redis that is not there at the start is waited for in the background', async () => {
    await redis.kill()
    const a = await node('a')
    expect(a.bus.state().status).toBe('degraded')
    a.bus.publish([log.send(ROOM, 'one')])
    await a.bus.subscribe(ROOM)
    expect((await page(a, 0)).entries).toHaveLength(1)
    await redis.restart()
    await a.until(() => a.bus.state().status === 'ok')
    await a.until(() => log.relayed(ROOM) === 1)
    expect(await kept()).toBe(1)
  })

  test('[V8] out of memory: degraded while it refuses, healed when it writes again', async () => {
    const a = await node('a')
    await redis.ask('CONFIG', 'SET', 'maxmemory', '1')
    try {
      a.bus.publish([log.send(ROOM, 'one')])
      await a.until(() => a.bus.state().status === 'degraded')
    } finally {
      await redis.ask('CONFIG', 'SET', 'maxmemory', '0')
    }
    await a.until(() => a.bus.state().status === 'ok' && log.relayed(ROOM) === 1)
    expect(await kept()).toBe(1)
  })

  test('[V8] a foreign value under the name of a stream is cleared away', async () => {
    await redis.ask('SET', `ferry:${log.instance}:log:${ROOM}`, 'not a stream')
    const a = await node('a')
    a.bus.publish([log.send(ROOM, 'one')])
    await a.until(() => a.bus.state().status === 'ok' && log.relayed(ROOM) === 1)
    expect(await kept()).toBe(1)
  })
})

describe('the database goes back', () => {
  test('[V8] restored from a backup: what Redis kept of the other history is dropped', async () => {
    const a = await node('a')
    for (let n = 0; n < 20; n++) a.bus.publish([log.send(ROOM, `first life ${n}`)])
    await a.until(() => log.relayed(ROOM) === 20)
    log.rollBack(ROOM, 10)
    a.bus.publish([log.send(ROOM, 'second life')])
    await a.until(() => log.relayed(ROOM) === 11)
    const replay = await page(a, 9)
    expect(replay.entries.map(({ seq }) => seq)).toEqual([10, 11])
    expect(JSON.stringify(replay)).toContain('second life')
    expect(await raw()).not.toContain('first life 10')
  })

  test('[V8] read before anything new is written: served from the database, and the cache is dropped', async () => {
    const a = await node('a')
    for (let n = 0; n < 20; n++) a.bus.publish([log.send(ROOM, `first life ${n}`)])
    await a.until(() => log.relayed(ROOM) === 20)
    log.rollBack(ROOM, 10)
    expect((await page(a, 5)).entries.map(({ seq }) => seq)).toEqual(range(6, 10))
    await untilCached(a, 5)
    expect(await kept()).toBe(10)
  })
})

describe('deletion', () => {
  test('no body of a deleted message is in Redis once its deletion is', async () => {
    const [a, b] = [await node('a'), await node('b')]
    a.bus.publish([log.send(ROOM, 'SECRET one'), log.send(ROOM, 'stays')])
    await a.until(() => log.relayed(ROOM) === 2)
    a.bus.publish([log.erase(ROOM, 1)])
    await a.until(() => log.relayed(ROOM) === 3)
    expect(await raw()).not.toContain('SECRET')
    // Created and deleted before the first batch left.
    a.bus.publish([log.send(ROOM, 'SECRET two')])
    a.bus.publish([log.erase(ROOM, 4)])
    await a.until(() => log.relayed(ROOM) === 5)
    expect(await raw()).not.toContain('SECRET')
    const replay = await page(b, 0)
    expect(replay.entries.map(({ seq }) => seq)).toEqual(range(1, 5))
    expect(JSON.stringify(replay)).not.toContain('SECRET')
  })

  test('a node that died after committing a deletion leaves no body behind', async () => {
    const a = await node('a')
    a.bus.publish([log.send(ROOM, 'SECRET'), log.send(ROOM, 'stays')])
    await a.until(() => log.relayed(ROOM) === 2)
    log.erase(ROOM, 1)
    // Even before the relay comes to it: Redis is behind the database, so it is not believed.
    expect(JSON.stringify(await page(a, 0))).not.toContain('SECRET')
    await a.until(() => log.relayed(ROOM) === 3)
    expect(await raw()).not.toContain('SECRET')
  })
})

/** Reads until a page after `after` comes from the cache; each read is an event that `until` wakes on. */
async function untilCached(of: BusNode, after: number): Promise<void> {
  const { cache } = of.reads
  const again = async () => {
    await page(of, after)
  }
  await of.until(() => {
    if (of.reads.cache > cache) return true
    void again()
    return false
  })
}
