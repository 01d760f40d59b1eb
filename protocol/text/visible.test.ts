import { expect, test } from 'vitest'
import { isBlank, withoutBlankLines } from './visible.ts'

test.each([
  '',
  ' \t\n',
  '\u200b',
  '\u2800',
  '\u3164',
  '\u00ad',
  '\u200e',
  '\u200f\u202e',
  '\u115f\u1160',
  '\uffa0',
  '\u034f',
  '\u17b4\u17b5',
  '\u180e',
  '\u2060\ufeff',
  '\ufe0f',
  '\u{e0100}',
  '\u{e0020}\u{e007f}',
  '\u{1d159}',
  '\u{1d173}',
  '\u00a0\u3000\u1680\u2028',
  '\u0007\u0085',
  ' \u200b \u2800\n\u3164 ',
])('[F23] there is nothing to see in %j', (text) => {
  expect(isBlank(text)).toBe(true)
})

test.each(['a', '.', '\u200ba', '0', '👍🏽', '\u0600', 'क्ष', '\u0301', '\u{1f3f4}\u{e0067}'])(
  '[F23] there is something to see in %j',
  (text) => expect(isBlank(text)).toBe(false),
)

test.each([
  ['    if x:\n        print()', '    if x:\n        print()'],
  ['\n\n    if x:\n        print()\n\n', '    if x:\n        print()'],
  ['  \n\t\n  a\n\n b \n  \n', '  a\n\n b '],
  ['\r\n  a\r\n\r\n', '  a'],
  ['  a  ', '  a  '],
  ['a', 'a'],
  [' \n ', ' '],
  ['\u3000日本', '\u3000日本'],
])('[F27] only the blank lines around %j go', (text, left) => {
  expect(withoutBlankLines(text)).toBe(left)
})

test('five megabytes of blanks are no more than that', () => {
  const blanks = ' \n'.repeat(2_500_000)
  expect(isBlank(blanks)).toBe(true)
  expect(withoutBlankLines(`a${blanks}b${blanks}`)).toBe(`a${blanks}b `)
})
