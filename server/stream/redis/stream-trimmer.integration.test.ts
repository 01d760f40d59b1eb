import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type BusNode, startBusNode } from '../../test-support/bus-node.ts'
import { MemoryLog } from '../../test-support/memory-log.ts'
import { startRedis, type TestRedis } from '../../test-support/redis-server.ts'

const CAP = 1_000

vi.setConfig({ testTimeout: 120_000 })

let redis: TestRedis
let log: MemoryLog
let node: BusNode

beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  log = new MemoryLog(randomUUID())
  node = await startBusNode(log, redis.url, 'a', CAP)
  await redis.ask('CONFIG', 'RESETSTAT')
})
afterEach(() => node.bus.close())

const kept = async (stream: string) =>
  Number(await redis.ask('XLEN', `ferry:${log.instance}:log:${stream}`))

/** Sends `count` messages round-robin, a turn of the event loop for each round as from as many busy clients. */
async function sendTo(streams: readonly string[], count: number): Promise<void> {
  for (let sent = 0; sent < count; sent += streams.length) {
    for (const stream of streams) node.bus.publish([log.send(stream, `message ${sent}`)])
    await new Promise((resolve) => setImmediate(resolve))
    // Never more waiting than a server that answers at the speed of its disk would have.
    if (sent % 1_000 === 0) await node.bus.settled()
  }
  await node.until(() => streams.every((stream) => log.relayed(stream) === log.head(stream)))
}

/** Trimmed enough, once quiet; each trim is told of. */
async function untilTrimmed(streams: readonly string[]): Promise<void> {
  for (const stream of streams) {
    let length = await kept(stream)
    while (length > 1.1 * CAP) {
      const trims = node.trims.length
      await node.until(() => node.trims.length > trims)
      length = await kept(stream)
    }
  }
}

async function trimCalls(): Promise<number> {
  const stats = String(await redis.ask('INFO', 'commandstats'))
  return Number(/cmdstat_xtrim:calls=(\d+)/.exec(stats)?.[1] ?? 0)
}

test('[V9] 100,000 messages over 10 streams: about one trim in 100 appends, all near the cap once quiet', async () => {
  const streams = Array.from({ length: 10 }, (_, index) => `room-${index}`)
  await sendTo(streams, 100_000)
  await untilTrimmed(streams)
  const calls = await trimCalls()
  expect(calls).toBeGreaterThan(300)
  expect(calls).toBeLessThan(1_500)
  expect(calls).toBe(node.trims.length)
  for (const stream of streams) expect(await kept(stream)).toBeLessThanOrEqual(1.1 * CAP)
  // A cursor from before the trim.
  const page = await node.bus.readAfter({
    ...{ stream: 'room-3', after: 5, limit: 200, maxBytes: 1 << 20 },
  })
  expect(page.entries.map(({ seq }) => seq)).toEqual(
    Array.from({ length: 200 }, (_, index) => index + 6),
  )
  expect(node.reads).toEqual({ cache: 0, database: 1 })
  const newest = await node.bus.readAfter({
    ...{ stream: 'room-3', after: 9_500, limit: 500, maxBytes: 1 << 20 },
  })
  expect(newest.entries).toHaveLength(500)
  expect(node.reads.cache).toBe(1)
})

test('[V9] two streams written alternately are both trimmed', async () => {
  await sendTo(['one', 'two'], 10_000)
  await untilTrimmed(['one', 'two'])
  expect(await kept('one')).toBeLessThanOrEqual(1.1 * CAP)
  expect(await kept('two')).toBeLessThanOrEqual(1.1 * CAP)
})
