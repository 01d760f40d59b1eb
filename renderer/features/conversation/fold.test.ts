import { expect, test } from 'vitest'
import { folded } from './fold.ts'

test('what fits on a screen is shown whole', () => {
  expect(folded('short')).toBeNull()
  expect(folded(Array.from({ length: 30 }, (_, n) => `line ${n}`).join('\n'))).toBeNull()
})

test('[F21] eight thousand empty lines are folded to the first of them', () => {
  expect(folded(`top${'\n'.repeat(8_000)}bottom`)).toBe('top')
})

test('[F21] a word of five thousand letters is no screen high, nor are ten lines of three hundred', () => {
  expect(folded('W'.repeat(5_000))).toHaveLength(1_200)
  expect(folded(Array(10).fill('l'.repeat(300)).join('\n'))?.split('\n')).toHaveLength(3)
})

test('[F21] many lines end with a whole one', () => {
  const body = Array.from({ length: 100 }, (_, n) => `line ${n}`).join('\n')
  expect(folded(body)?.split('\n')).toHaveLength(20)
  expect(folded(body)?.endsWith('line 19')).toBe(true)
})

test('[F21] one long line ends between words, or at least not within an emoji', () => {
  expect(folded('word '.repeat(3_000))?.endsWith('word')).toBe(true)
  expect(() => encodeURIComponent(folded(`x${'😀'.repeat(4_000)}`) ?? '')).not.toThrow()
})
