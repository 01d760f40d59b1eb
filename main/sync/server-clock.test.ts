import { expect, test } from 'vitest'
import { ServerClock } from './server-clock.ts'

test('the time of the server is what it says, however wrong or jumping the clock here is', () => {
  const clock = new ServerClock()
  expect(clock.now({ wallMs: 5_000, monotonicMs: 1 })).toBe(5_000)
  clock.heard(1_000_000, 100)
  expect(clock.now({ wallMs: 9_999_999, monotonicMs: 150 })).toBe(1_000_050)
})

test('what was long on its way does not turn it back', () => {
  const clock = new ServerClock()
  clock.heard(1_000_000, 100)
  clock.heard(400_000, 200)
  clock.heard(Number.NaN, 200)
  expect(clock.now({ wallMs: 0, monotonicMs: 200 })).toBe(1_000_100)
})
