import { expect, test } from 'vitest'
import { readFrame } from './frame.ts'

test('[G1] what only a newer server knows is passed over, and what does not fit too', () => {
  expect(readFrame('{"push":"surprise","anything":1}')).toEqual({ kind: 'unknown' })
  expect(readFrame('{"news":1}')).toEqual({ kind: 'unknown' })
  expect(readFrame('{"push":"typing","conversation":7}')).toMatchObject({
    kind: 'misfit',
    name: 'typing',
  })
  expect(readFrame('{"push":7}')).toMatchObject({ kind: 'misfit', name: '' })
  expect(readFrame('[')).toMatchObject({ kind: 'invalid' })
})
