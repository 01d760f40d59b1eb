import { expect, test } from 'vitest'
import { format, median, percentile } from './statistics.ts'

test('percentiles do not depend on the order of the values', () => {
  const values = [5, 1, 4, 2, 3]
  expect(percentile(values, 0)).toBe(1)
  expect(median(values)).toBe(3)
  expect(percentile(values, 0.99)).toBe(5)
  expect(values).toEqual([5, 1, 4, 2, 3])
})

test('no values have no percentile, and are shown as a dash', () => {
  expect(percentile([], 0.5)).toBeNaN()
  expect(format(Number.NaN)).toBe('–')
})
