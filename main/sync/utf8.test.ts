import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8Length } from './utf8.ts'

test('[O6] a body is measured in the bytes that travel', () => {
  const codePoint = fc.oneof(
    fc.integer({ min: 1, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  const text = fc.array(codePoint).map((points) => String.fromCodePoint(...points))
  fc.assert(
    fc.property(text, (value) => {
      expect(utf8Length(value)).toBe(encodeURIComponent(value).replace(/%../g, 'x').length)
    }),
    { seed: 6 },
  )
  expect(utf8Length('a\ud800b')).toBe(5)
})
