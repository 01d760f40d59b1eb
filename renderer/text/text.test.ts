import { describe, expect, test } from 'vitest'
import { oversize } from './body-size.ts'
import { describeRetry, describeState } from './describe-status.ts'
import { count, formatNumber } from './numbers.ts'
import { createTimeFormat, daysBetween, secondsLeft, untilNextSecond } from './time.ts'

describe('countdowns', () => {
  test('[G2] a server without receipts: a message that goes no further than "sent" says why', () => {
    const at = (state: 'sent' | 'queued') => describeState({ state, reach: null }, false)
    expect(at('sent')).toBe('Sent. This server does not tell when it is delivered or read')
    expect(at('queued')).toBe('Queued')
    expect(describeState({ state: 'sent', reach: null })).toBe('Sent')
  })

  test('[O5] count whole seconds up, so that 0 means now', () => {
    expect(secondsLeft(8_000, 0)).toBe(8)
    expect(secondsLeft(8_000, 1)).toBe(8)
    expect(secondsLeft(8_000, 7_001)).toBe(1)
    expect(secondsLeft(8_000, 8_000)).toBe(0)
    expect(secondsLeft(8_000, 99_000)).toBe(0)
    expect(describeRetry(3, 5, secondsLeft(8_000, 0))).toBe('Retry 3 of 5 in 8 s')
  })

  test('[S5] are drawn again exactly when the second changes', () => {
    for (let now = 0; now < 3_000; now += 7) {
      const wait = untilNextSecond(3_000, now) ?? 0
      expect(secondsLeft(3_000, now + wait)).toBe(secondsLeft(3_000, now) - 1)
      expect(secondsLeft(3_000, now + wait - 1)).toBe(secondsLeft(3_000, now))
    }
    expect(untilNextSecond(3_000, 3_000)).toBeNull()
  })
})

describe('sizes', () => {
  test('are bytes of UTF-8, and only told when over the limit', () => {
    expect(oversize('a'.repeat(16), 16)).toBeNull()
    expect(oversize('a'.repeat(17), 16)).toBe(17)
    expect(oversize('é'.repeat(9), 16)).toBe(18)
    expect(oversize('🎉'.repeat(4), 16)).toBeNull()
    expect(oversize('🎉'.repeat(5), 16)).toBe(20)
    expect(oversize('漢'.repeat(6), 16)).toBe(18)
  })

  test('and counts read well', () => {
    expect(formatNumber(17_210)).toBe('17,210')
    expect(count(1, 'message')).toBe('1 message')
    expect(count(1_200, 'change is', 'changes are')).toBe('1,200 changes are')
  })
})

describe('days', () => {
  const at = (day: number, hour = 12, year = 2026): number =>
    new Date(year, 2, day, hour, 31).getTime()
  const format = createTimeFormat('en-GB')

  test('near ones have names, far ones dates', () => {
    expect(format.day(at(10, 0), at(10, 23))).toBe('Today')
    expect(format.day(at(9, 23), at(10, 0))).toBe('Yesterday')
    expect(format.day(at(6), at(10))).toBe('Friday')
    expect(format.day(at(3), at(10))).toBe('3 March')
    expect(format.day(at(3, 12, 2024), at(10))).toBe('3 March 2024')
    expect(format.day(at(12), at(10))).toBe('12 March')
  })

  test('a list shows the time of today and the day of what is older', () => {
    expect(format.short(at(10, 9), at(10))).toBe('9:31')
    expect(format.short(at(9), at(10))).toBe('Yesterday')
    expect(format.short(at(1), at(10))).toBe('1 Mar')
    expect(format.short(at(1, 9, 2024), at(10))).toBe('1 Mar 2024')
  })

  test('the kind of clock is the user’s, the words are English', () => {
    expect(createTimeFormat('en-US').clock(at(1, 18))).toMatch(/6:31\sPM/u)
    expect(createTimeFormat('de-DE').clock(at(1, 18))).toBe('18:31')
    expect(createTimeFormat('de-DE').day(at(6), at(10))).toBe('Friday')
  })

  test('are days of the calendar, whatever their length', () => {
    for (let day = 1; day < 200; day += 1) {
      const before = new Date(2026, 0, day, 23, 59).getTime()
      const after = new Date(2026, 0, day + 1, 0, 1).getTime()
      expect(daysBetween(before, after)).toBe(1)
    }
  })
})
