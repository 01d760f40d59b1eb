import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldCase } from './names.ts'
import { exceedsUtf8, isStorableText, utf8Length } from './text.ts'

/** By the table of RFC 3629; half a pair is replaced by a character of three bytes. */
function bytesByCodePoint(text: string): number {
  let bytes = 0
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
  }
  return bytes
}

test('bytes of UTF-8 are those of the code points', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const bytes = bytesByCodePoint(text)
      expect(utf8Length(text)).toBe(bytes)
      for (const limit of [bytes - 1, bytes, bytes + 1]) {
        expect(exceedsUtf8(text, limit)).toBe(bytes > limit)
      }
    }),
    { seed: 8, numRuns: 500 },
  )
})

test('text that would come back changed is not storable', () => {
  for (const text of ['', 'hello', 'é', '👍', '\u{10ffff}', '\n\t\u0001']) {
    expect(isStorableText(text)).toBe(true)
  }
  for (const text of ['\0', 'a\0b', '\ud800', 'x\udc00', '👍'.slice(0, 1), '\udc00\ud800']) {
    expect(isStorableText(text)).toBe(false)
  }
})

test('names are compared without case and form', () => {
  expect(foldCase('ANN')).toBe(foldCase('ann'))
  expect(foldCase('Ａｎｎ')).toBe('ann')
  expect(foldCase('e\u0301')).toBe(foldCase('É'))
})
