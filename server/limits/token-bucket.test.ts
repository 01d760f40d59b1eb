import { describe, expect, test } from 'vitest'
import { fullBucket, isFull, take, waitFor } from './token-bucket.ts'

const allowance = { perSecond: 2, burst: 3 }

describe('[V7] a token bucket', () => {
  test('lets a burst through, then its pace', () => {
    const bucket = fullBucket(allowance, 0)
    expect([0, 0, 0].map((at) => take(bucket, allowance, at))).toEqual([0, 0, 0])
    expect(take(bucket, allowance, 0)).toBe(500)
    expect(take(bucket, allowance, 250)).toBe(250)
    expect(take(bucket, allowance, 500)).toBe(0)
    expect(take(bucket, allowance, 500)).toBe(500)
  })

  test('fills up to the burst and no further', () => {
    const bucket = fullBucket(allowance, 0)
    for (let i = 0; i < 3; i++) take(bucket, allowance, 0)
    expect(isFull(bucket, allowance, 1_499)).toBe(false)
    expect(isFull(bucket, allowance, 1_500)).toBe(true)
    expect(waitFor(bucket, allowance, 1e9)).toBe(0)
    for (let i = 0; i < 3; i++) expect(take(bucket, allowance, 1e9)).toBe(0)
    expect(take(bucket, allowance, 1e9)).toBe(500)
  })

  test('asking how long to wait takes nothing', () => {
    const bucket = fullBucket({ perSecond: 1, burst: 1 }, 0)
    for (let i = 0; i < 5; i++) expect(waitFor(bucket, { perSecond: 1, burst: 1 }, 0)).toBe(0)
  })
})
