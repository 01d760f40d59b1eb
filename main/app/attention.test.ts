import { expect, test } from 'vitest'
import { describeAttention, drawDot } from './attention.ts'

test.each([
  [{ unread: 0, failed: 0 }, ''],
  [{ unread: 3, failed: 0 }, '3 unread'],
  [{ unread: 0, failed: 1 }, '1 not sent'],
  [{ unread: 12, failed: 2 }, '12 unread, 2 not sent'],
])('%j reads "%s"', (attention, words) => {
  expect(describeAttention(attention)).toBe(words)
})

test('a dot is filled in the middle and clear in the corners', () => {
  const dot = drawDot(16, [1, 2, 3, 255])
  const pixel = (x: number, y: number) => [...dot.subarray((y * 16 + x) * 4, (y * 16 + x) * 4 + 4)]
  expect(dot).toHaveLength(16 * 16 * 4)
  expect(pixel(8, 8)).toEqual([1, 2, 3, 255])
  for (const corner of [pixel(0, 0), pixel(15, 0), pixel(0, 15), pixel(15, 15)]) {
    expect(corner).toEqual([0, 0, 0, 0])
  }
})
