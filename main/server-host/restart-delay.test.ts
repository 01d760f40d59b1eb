import { expect, test } from 'vitest'
import { afterCrash, NO_CRASHES, restartDelayMs } from './restart-delay.ts'

test('the first start and the first restart are at once, then the wait doubles up to 30 s', () => {
  let streak = NO_CRASHES
  const delays = [restartDelayMs(streak)]
  for (let i = 0; i < 10; i++) {
    streak = afterCrash(streak, 100)
    delays.push(restartDelayMs(streak))
  }
  expect(delays).toEqual([0, 0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
})

test('a crash after a healthy minute is a first one', () => {
  const streak = { crashes: 9 }
  expect(restartDelayMs(afterCrash(streak, 60_000))).toBe(0)
  expect(restartDelayMs(afterCrash(streak, 59_999))).toBe(30_000)
})
