import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_RETRIES, MAX_RETRY_AFTER_MS, remainingWaitMs, retryDelayMs } from './retry-policy.ts'

describe('retry policy', () => {
  test('[O5] 2, 4, 8, 16, 32 s, then no more', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempts) => retryDelayMs(attempts))).toEqual([
      2000,
      4000,
      8000,
      16000,
      32000,
      null,
    ])
  })

  test('[O5] what the server asks for wins when it is longer, and only then', () => {
    expect(retryDelayMs(1, 7000)).toBe(7000)
    expect(retryDelayMs(3, 7000)).toBe(8000)
    expect(retryDelayMs(1, 1e18)).toBe(MAX_RETRY_AFTER_MS)
    expect(retryDelayMs(6, 7000)).toBeNull()
  })

  test('[O5] the number of retries is bounded for any count', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (attempts) => {
        expect(retryDelayMs(attempts) === null).toBe(attempts > MAX_RETRIES)
      }),
      { seed: 5 },
    )
  })

  test('[O7] what is left of a stored wait is between nothing and the whole, whatever the clock did', () => {
    expect(remainingWaitMs(10_000, 4000, 7000)).toBe(3000)
    expect(remainingWaitMs(10_000, 4000, 99_000)).toBe(0)
    expect(remainingWaitMs(10_000, 4000, -99_000)).toBe(4000)
  })
})
