import { expect, test } from 'vitest'
import { createFreshIds } from './fresh-id.ts'

test('ids sort by time, differ, and hide 80 random bits', () => {
  let now = 1_700_000_000_000
  const freshId = createFreshIds(() => now)
  const ids = Array.from({ length: 2_000 }, (_, i) => {
    if (i % 2 === 0) now++
    return freshId()
  })
  expect(new Set(ids).size).toBe(2_000)
  for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/)
  const times = ids.map((id) => id.slice(0, 10))
  expect(times).toEqual([...times].sort())
})
