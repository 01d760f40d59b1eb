import { expect, test } from 'vitest'
import { MemoryLog } from '../../test-support/memory-log.ts'
import { MemoryRedis } from '../../test-support/memory-redis.ts'
import { StreamAppender } from './stream-appender.ts'

function harness() {
  const redis = new MemoryRedis()
  const log = new MemoryLog('x')
  const dropped: string[] = []
  let handedOver = 0
  const appender = new StreamAppender(redis, log, {
    appended: (_stream, { seq }) => {
      handedOver = Math.max(handedOver, seq)
    },
    dropped: (_stream, cause) => void dropped.push(cause),
  })
  return { redis, log, appender, dropped, handedOver: () => handedOver }
}

test('[V9] what is committed while a batch is on its way goes together in the next', async () => {
  const { redis, log, appender } = harness()
  appender.enqueue(log.send('room', '1'))
  await Promise.resolve()
  for (let n = 2; n <= 9; n++) appender.enqueue(log.send('room', String(n)))
  await appender.settled()
  expect(redis.appends.map(({ entries }) => entries.length)).toEqual([1, 8])
})

test('[V9] what is committed at the very moment in which a batch is done goes, too', async () => {
  for (let microtasks = 0; microtasks < 40; microtasks++) {
    const { redis, log, appender } = harness()
    appender.enqueue(log.send('room', '1'))
    for (let n = 0; n < microtasks; n++) await Promise.resolve()
    appender.enqueue(log.send('room', '2'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(redis.seqs('room'), `${microtasks} microtasks later`).toEqual([1, 2])
  }
})

test('[V9] a reported gap is filled from the database, then the batch goes', async () => {
  const { redis, log, appender, handedOver } = harness()
  appender.enqueue(log.send('room', '1'))
  await appender.settled()
  for (let n = 2; n <= 700; n++) log.send('room', `${n}, of another node`)
  appender.enqueue(log.send('room', '701'))
  await appender.settled()
  expect(redis.seqs('room')).toEqual(Array.from({ length: 701 }, (_, index) => index + 1))
  expect(handedOver()).toBe(701)
})

test('[V9] a gap too long to fill begins the stream anew', async () => {
  const { redis, log, appender } = harness()
  appender.enqueue(log.send('room', '1'))
  await appender.settled()
  for (let n = 2; n <= 2_000; n++) log.send('room', 'of another node')
  appender.enqueue(log.send('room', '2001'))
  await appender.settled()
  expect(redis.seqs('room')).toEqual([2_001])
})

test('a gap that holds a deletion begins the stream anew: what it erased is not known here', async () => {
  const { redis, log, appender } = harness()
  appender.enqueue(log.send('room', 'SECRET'))
  await appender.settled()
  log.erase('room', 1)
  appender.enqueue(log.send('room', '3'))
  await appender.settled()
  expect(redis.seqs('room')).toEqual([2, 3])
})

test('a body that was erased before it left the node never leaves it', async () => {
  const { redis, log, appender } = harness()
  appender.enqueue(log.send('room', 'SECRET'))
  appender.enqueue(log.erase('room', 1))
  await appender.settled()
  expect(JSON.stringify(redis.appends)).not.toContain('SECRET')
})

test('erasures go with the first batch that holds their deletion, however the commits are cut', async () => {
  const { redis, log, appender } = harness()
  const first = log.send('room', 'SECRET')
  // Another node filled it in first, with the body it had then.
  await redis.append({
    ...{ stream: 'room', entries: first.entries, erased: [], mode: 'append', delivered: false },
  })
  appender.enqueue(first)
  appender.enqueue(log.erase('room', 1))
  for (let n = 0; n < 600; n++) appender.enqueue(log.send('room', 'x'))
  await appender.settled()
  expect(redis.appends.length).toBeGreaterThan(2)
  for (const { erased } of redis.appends.slice(1)) expect(erased).toEqual([1])
  expect(redis.seqs('room')).not.toContain(1)
})

test('[V8] Redis away: what waits is let go, for the relay; nothing throws', async () => {
  const { redis, log, appender, dropped } = harness()
  redis.mood = 'away'
  appender.enqueue(log.send('room', '1'))
  await appender.settled()
  expect(dropped).toEqual(['away'])
  redis.mood = 'refuses'
  appender.enqueue(log.send('room', '2'))
  await appender.settled()
  expect(dropped).toEqual(['away', 'refused'])
  redis.mood = 'well'
  appender.enqueue(log.send('room', '3'))
  await appender.settled()
  expect(redis.seqs('room')).toEqual([3])
})

test('[V7] what waits for Redis is bounded', async () => {
  const { log, appender, dropped } = harness()
  const body = 'x'.repeat(1024 * 1024)
  for (let n = 0; n < 40; n++) appender.enqueue(log.send('room', body))
  expect(dropped).toContain('too much waits')
  await appender.settled()
})
