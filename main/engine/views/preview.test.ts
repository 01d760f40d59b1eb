import { expect, test } from 'vitest'
import { previewOf } from './preview.ts'

test.each([
  ['short', 'short'],
  ['  two\n\nlines\t here ', 'two lines here'],
  ['', ''],
  ['x'.repeat(140), 'x'.repeat(140)],
])('%j is shown as %j', (body, preview) => {
  expect(previewOf(body)).toBe(preview)
})

test('a long body is cut, and says so', () => {
  expect(previewOf('x'.repeat(141))).toBe(`${'x'.repeat(140)}…`)
  expect(previewOf('x'.repeat(1_000_000))).toBe(`${'x'.repeat(140)}…`)
})

test('a body of blanks in front shows what follows, as far as is looked', () => {
  expect(previewOf(`${' '.repeat(400)}text`)).toBe('text')
})

test('no emoji is cut in half', () => {
  const preview = previewOf(`x${'😀'.repeat(100)}`)
  expect(() => encodeURIComponent(preview)).not.toThrow()
})

test('no sign of several parts is cut: a family stays whole or goes', () => {
  const family = '👨‍👩‍👧‍👦'
  const preview = previewOf(`${'x'.repeat(135)}${family.repeat(5)}`)
  expect(preview).toBe(`${'x'.repeat(135)}…`)
})
