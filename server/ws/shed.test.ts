import { expect, test } from 'vitest'
import { toShed } from './shed.ts'

test('[V21] over the bound of all connections the heaviest go first, and no more than needed', () => {
  const waiting = new Map([
    ...([['reads', 0]] as const),
    ...([['slow', 10]] as const),
    ...([['heavy', 400]] as const),
    ...([['heavier', 500]] as const),
  ])
  const shed = (limit: number) => toShed(waiting.keys(), (name) => waiting.get(name) ?? 0, limit)
  expect(shed(910)).toEqual([])
  expect(shed(909)).toEqual(['heavier'])
  expect(shed(409)).toEqual(['heavier', 'heavy'])
  expect(shed(0)).toEqual(['heavier', 'heavy', 'slow'])
})
