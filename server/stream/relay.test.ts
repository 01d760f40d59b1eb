import { expect, test } from 'vitest'
import { ManualTiming, settle } from '../test-support/manual-timing.ts'
import { MemoryLog } from '../test-support/memory-log.ts'
import { MemoryRedis } from '../test-support/memory-redis.ts'
import { StreamAppender } from './redis/stream-appender.ts'
import { OutboxRelay } from './relay.ts'

function harness(log = new MemoryLog('x'), redis = new MemoryRedis()) {
  const timing = new ManualTiming()
  const lags: number[] = []
  const failures: unknown[] = []
  const appender = new StreamAppender(redis, log, {
    appended: (stream, { seq }) => relay.handedOver(stream, seq),
    dropped: () => undefined,
  })
  const relay: OutboxRelay = new OutboxRelay(
    log,
    {
      ready: () => redis.mood !== 'away',
      bring: (stream, entries, mode) => appender.appendStored(stream, entries, mode),
      forget: (stream) => redis.forget(stream),
    },
    timing,
    { lag: (events) => void lags.push(events), failed: (cause) => void failures.push(cause) },
  )
  return { log, redis, timing, lags, failures, appender, relay }
}

test('[V10] at the start, all that was committed and not handed over is brought at once', async () => {
  const { log, redis, relay, lags } = harness()
  for (let n = 0; n < 3; n++) log.send('one', 'x')
  log.send('two', 'x')
  relay.start()
  await settle()
  expect(redis.seqs('one')).toEqual([1, 2, 3])
  expect(redis.seqs('two')).toEqual([1])
  expect([log.relayed('one'), log.relayed('two')]).toEqual([3, 1])
  expect(lags[0]).toBe(4)
})

test('[V10] later, only what did not move for a whole look is brought: the rest is on its way', async () => {
  const { log, redis, relay, timing } = harness()
  relay.start()
  await settle()
  log.send('room', 'x')
  await timing.pass(1_000)
  expect(redis.seqs('room')).toEqual([])
  await timing.pass(1_000)
  expect(redis.seqs('room')).toEqual([1])
})

test('[V10] what this node handed over is marked, and not brought again', async () => {
  const { log, redis, relay, timing, appender } = harness()
  relay.start()
  await settle()
  appender.enqueue(log.send('room', 'x'))
  await appender.settled()
  await timing.pass(3_000)
  expect(log.relayed('room')).toBe(1)
  expect(redis.appends).toHaveLength(1)
})

test('[V10] two relays at once append nothing twice and leave nothing out', async () => {
  const first = harness()
  const second = harness(first.log, first.redis)
  for (let n = 0; n < 1_200; n++) first.log.send(`room-${n % 3}`, 'x')
  first.relay.start()
  second.relay.start()
  await settle()
  await settle()
  for (const room of ['room-0', 'room-1', 'room-2']) {
    expect(first.redis.seqs(room)).toEqual(Array.from({ length: 400 }, (_, index) => index + 1))
    expect(first.log.relayed(room)).toBe(400)
  }
})

test('[V10] more streams than one look holds are brought in one go', async () => {
  const { log, relay } = harness()
  for (let n = 0; n < 450; n++) log.send(`room-${n}`, 'x')
  relay.start()
  for (let n = 0; n < 50; n++) await settle()
  for (let n = 0; n < 450; n++) expect(log.relayed(`room-${n}`)).toBe(1)
})

test('[V8] with Redis away it only looks, and brings all at once when told that it is back', async () => {
  const { log, redis, relay, timing, lags } = harness()
  redis.mood = 'away'
  relay.start()
  log.send('room', 'x')
  await timing.pass(3_000)
  expect(lags.at(-1)).toBe(1)
  redis.mood = 'well'
  relay.hurry()
  await settle()
  expect(redis.seqs('room')).toEqual([1])
})

test('[V8] a stream that Redis refuses is cleared there, and brought at the next look; others go on', async () => {
  const { log, redis, relay, timing, failures } = harness()
  log.send('room', 'x')
  log.send('other', 'x')
  redis.mood = 'refuses'
  relay.start()
  await settle()
  expect(failures).toHaveLength(2)
  redis.mood = 'well'
  await timing.pass(2_000)
  expect([redis.seqs('room'), redis.seqs('other')]).toEqual([[1], [1]])
})

test('[V8] a store that fails once is asked again, and no mark is lost', async () => {
  const { log, relay, timing, appender, failures } = harness()
  relay.start()
  await settle()
  appender.enqueue(log.send('room', 'x'))
  await appender.settled()
  const { markRelayed } = log
  log.markRelayed = () => Promise.reject(new Error('the database is away'))
  await timing.pass(1_000)
  expect(failures).toHaveLength(1)
  log.markRelayed = markRelayed
  await timing.pass(1_000)
  expect(log.relayed('room')).toBe(1)
})

test('[V8] a stream that Redis lost is healed with its newest part', async () => {
  const { log, redis, relay, timing } = harness()
  for (let n = 0; n < 1_500; n++) log.send('room', 'x')
  relay.start()
  await settle()
  await redis.forget('room')
  relay.heal('room', 1_500)
  await timing.pass(1_000)
  expect(redis.seqs('room')).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 501))
})

test('closing writes the last marks', async () => {
  const { log, relay, appender } = harness()
  relay.start()
  await settle()
  appender.enqueue(log.send('room', 'x'))
  await appender.settled()
  await relay.close()
  expect(log.relayed('room')).toBe(1)
})
