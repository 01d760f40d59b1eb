import { describe, expect, test } from 'vitest'
import { createRateLimits } from './rate-limits.ts'

describe('[V7] pace', () => {
  test('a connection has its own, and shares the user’s with the user’s other connections', () => {
    const pace = createRateLimits(10)
    const [one, two, three] = [pace(0), pace(0), pace(0)]
    const burst = (connection: ReturnType<typeof pace>, count: number) =>
      Array.from({ length: count }, () => connection.take('ann', 0)).filter((wait) => wait === 0)
    expect(burst(one, 50)).toHaveLength(20)
    expect(burst(two, 50)).toHaveLength(20)
    expect(burst(three, 50)).toHaveLength(0)
    expect(pace(0).take('bob', 0)).toBe(0)
    expect(one.take('ann', 0)).toBe(100)
    expect(one.take('ann', 100)).toBe(0)
  })

  test('0 is no limit', () => {
    const connection = createRateLimits(0)(0)
    for (let i = 0; i < 10_000; i++) expect(connection.take('ann', 0)).toBe(0)
  })
})
