import { expect, test } from 'vitest'
import { Cursors } from './primitives.ts'

test.each([
  [{}, true],
  [{ c: 0, 'user:ann': Number.MAX_SAFE_INTEGER }, true],
  [{ c: -1 }, false],
  [{ c: 1.5 }, false],
  [{ c: '1' }, false],
  [{ c: null }, false],
  [{ c: 2 ** 53 }, false],
  [{ '': 1 }, false],
  [{ 'a b': 1 }, false],
  [{ 'user:': 1 }, false],
  [{ ['c'.repeat(70)]: 1 }, false],
  [[], false],
  [null, false],
  ['c', false],
  [undefined, false],
])('%j as cursors: %s', (value, fine) => {
  expect(Cursors.safeParse(value).success).toBe(fine)
})

test('[V7] however many cursors do not fit, that is one problem, found at the first', () => {
  const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`no stream ${i}`, -1]))
  expect(Cursors.safeParse(many).error?.issues).toHaveLength(1)
})
