import { describe, expect, test } from 'vitest'
import { KeyedBuckets } from './keyed-buckets.ts'

describe('[V7] buckets by key', () => {
  test('each key has its own', () => {
    const buckets = new KeyedBuckets({ perSecond: 1, burst: 1 }, 10)
    expect(buckets.take('a', 0)).toBe(0)
    expect(buckets.take('a', 0)).toBe(1_000)
    expect(buckets.waitFor('a', 0)).toBe(1_000)
    expect(buckets.waitFor('b', 0)).toBe(0)
    expect(buckets.take('b', 0)).toBe(0)
  })

  test('never more than its capacity: full ones are forgotten first, then the least used', () => {
    const buckets = new KeyedBuckets({ perSecond: 1, burst: 1 }, 3)
    buckets.take('old', 0)
    buckets.take('kept', 1_500)
    buckets.take('used', 1_500)
    buckets.take('new', 1_500)
    expect(buckets.size).toBe(3)
    expect(buckets.waitFor('kept', 1_500)).toBeGreaterThan(0)
    buckets.take('kept', 1_500)
    for (let i = 0; i < 50; i++) buckets.take(`flood ${i}`, 1_500)
    expect(buckets.size).toBe(3)
  })
})
