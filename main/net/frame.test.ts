import { expect, test } from 'vitest'
import { readFrame } from './frame.ts'

test('a push that only a newer server knows is passed over; one that does not fit is not', () => {
  expect(readFrame('{"push":"surprise","anything":1}')).toEqual({ kind: 'unknown' })
  expect(readFrame('{"push":"typing","conversation":7}')).toMatchObject({ kind: 'invalid' })
  expect(readFrame('{"push":7}')).toMatchObject({ kind: 'invalid' })
})
