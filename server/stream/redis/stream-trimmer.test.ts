import { expect, test } from 'vitest'
import { ManualTiming, settle } from '../../test-support/manual-timing.ts'
import { MemoryLog } from '../../test-support/memory-log.ts'
import { MemoryRedis } from '../../test-support/memory-redis.ts'
import { StreamTrimmer } from './stream-trimmer.ts'

/** A stream that grows by one at a time, as the appender tells of it. */
function harness(cap: number, random: () => number) {
  const redis = new MemoryRedis()
  const log = new MemoryLog('x')
  const timing = new ManualTiming(random)
  const trimmed: number[] = []
  const trimmer = new StreamTrimmer(redis, {
    ...{ cap, timing, observer: { trimmed: (entries) => void trimmed.push(entries) } },
  })
  const append = async (stream: string, times: number) => {
    for (let n = 0; n < times; n++) {
      const { entries } = log.send(stream, 'x')
      const { length } = await redis.append({
        ...{ stream, entries, erased: [], mode: 'append', delivered: true },
      })
      trimmer.appended(stream, 1, length)
    }
    await settle()
  }
  return { redis, timing, trimmer, trimmed, append }
}

test('[V9] a draw below 1 in 100 begins a trim, others do not', async () => {
  const draws = [0.0101, 0.5, 0.0099, 0.99]
  const { redis, append } = harness(10, () => draws.shift() ?? 1)
  await append('room', 10)
  expect(draws).toHaveLength(4)
  await append('room', 2)
  expect(redis.trims).toEqual([])
  await append('room', 1)
  expect(redis.trims).toEqual([{ stream: 'room', how: 'approximate', removed: 3 }])
})

test('[V9] a batch counts as many draws as it has entries', () => {
  const redis = new MemoryRedis()
  const timing = new ManualTiming(() => 0.6)
  const trimmer = new StreamTrimmer(redis, {
    cap: 10,
    timing,
    observer: { trimmed: () => undefined },
  })
  trimmer.appended('room', 50, 500)
  expect(redis.trims).toHaveLength(0)
  trimmer.appended('room', 100, 600)
  expect(redis.trims).toHaveLength(1)
})

test('[V9] a stream that got quiet above its cap is trimmed once more', async () => {
  const { redis, timing, append } = harness(10, () => 1)
  await append('busy', 100)
  await timing.pass(1_000)
  await append('busy', 1)
  expect(redis.trims).toEqual([])
  await timing.pass(1_000)
  expect(redis.trims).toEqual([])
  await timing.pass(1_000)
  expect(redis.seqs('busy')).toHaveLength(10)
})

test('[V9] the rest that whole nodes leave over is cut off when it is more than a tenth', async () => {
  const { redis, timing, append } = harness(10, () => 1)
  redis.nodeSize = 100
  await append('room', 60)
  await timing.pass(2_000)
  expect(redis.trims.map(({ how, removed }) => [how, removed])).toEqual([
    ['approximate', 0],
    ['exact', 50],
  ])
})

test('[V9] a long stream is trimmed in bounded steps that others come in between', async () => {
  const { redis, trimmer, append } = harness(10, () => 1)
  await append('long', 3_000)
  await append('short', 20)
  const always = new StreamTrimmer(redis, {
    ...{ cap: 10, timing: new ManualTiming(() => 0), observer: { trimmed: () => undefined } },
  })
  always.appended('long', 1, 3_000)
  always.appended('short', 1, 20)
  await settle()
  expect(redis.trims.map(({ stream, removed }) => [stream, removed])).toEqual([
    ['long', 1_000],
    ['short', 10],
    ['long', 1_000],
    ['long', 990],
  ])
  trimmer.close()
})

test('[V8] Redis going away in the middle is no error, and the stream is trimmed when it is back', async () => {
  const { redis, timing, append } = harness(10, () => 1)
  await append('room', 50)
  redis.mood = 'away'
  await timing.pass(5_000)
  redis.mood = 'well'
  await timing.pass(1_000)
  expect(redis.seqs('room')).toHaveLength(10)
})
