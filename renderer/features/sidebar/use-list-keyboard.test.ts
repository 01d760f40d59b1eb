import { expect, test } from 'vitest'
import { stepOf } from './use-list-keyboard.ts'

test('arrows go from one conversation to the next and stop at the ends', () => {
  expect(stepOf('ArrowDown', 0, 3)).toBe(1)
  expect(stepOf('ArrowDown', 2, 3)).toBe(2)
  expect(stepOf('ArrowUp', 2, 3)).toBe(1)
  expect(stepOf('ArrowUp', 0, 3)).toBe(0)
})

test('Home and End go to the ends, other keys nowhere', () => {
  expect(stepOf('Home', 2, 3)).toBe(0)
  expect(stepOf('End', 0, 3)).toBe(2)
  expect(stepOf('Enter', 1, 3)).toBeNull()
  expect(stepOf('a', 1, 3)).toBeNull()
})
