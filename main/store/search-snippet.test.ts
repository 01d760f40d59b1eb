import { describe, expect, test } from 'vitest'
import { parseQuery } from './search-query.ts'
import { snippet } from './search-snippet.ts'

const marked = (query: string, body: string): string =>
  snippet(parseQuery(query), body)
    .map(({ text, match }) => (match ? `[${text}]` : text))
    .join('')

describe('a snippet', () => {
  test('marks every match', () => {
    expect(marked('ship', 'The ship is shipped; Ship!')).toBe('The [ship] is [shipped]; [Ship]!')
    expect(marked('creme', 'une Crème brûlée')).toBe('une [Crème] brûlée')
    expect(marked('本語', '日本語です')).toBe('日[本語]です')
    expect(marked('10:30', 'at 10:30, or 11')).toBe('at [10:30], or 11')
    expect(marked('"a b"', 'b a b a')).toBe('b [a b] a')
    expect(marked('???', 'what???')).toBe('what[???]')
  })

  test('shows the whole of what is short, signs and all', () => {
    expect(marked('🎉', 'I, too, like C++ at 10:30 - 🎉')).toBe('I, too, like C++ at 10:30 - [🎉]')
  })

  test('is cut around the first match', () => {
    const body = `${'far away '.repeat(50)}treasure${' beyond'.repeat(50)}`
    const cut = marked('treasure', body)
    expect(cut).toMatch(/^… far away far away far away \[treasure\] beyond/)
    expect(cut).toMatch(/ …$/)
    expect(cut.length).toBeLessThan(200)
  })

  test('[F22] cuts no character in two', () => {
    for (const one of ['😀', '👩‍👩‍👧', 'ẍ̃', '🇩🇪', 'क्षि', '한'.normalize('NFD')]) {
      for (let before = 150; before < 160; before += 1) {
        const body = `x${'.'.repeat(before)}${one.repeat(20)}`
        const text = marked('x', body).slice(3).replace(/ …$/, '')
        expect((text.length - before) % one.length).toBe(0)
      }
    }
    expect(marked('👧', 'the 👩‍👧 went')).toBe('the [👩‍👧] went')
  })

  test('[F22] shows the match and marks it, however long it is and whatever is before it', () => {
    const address = `https://example.org/${'x'.repeat(150)}`
    expect(marked('here', `${`${address} `.repeat(8)}here it is`)).toContain('[here]')
    expect(marked('aaa', `${'a'.repeat(400)} b`)).toBe(`[${'a'.repeat(160)}] …`)
    expect(marked('e', `${'e\u0301'.repeat(200)}`)).toMatch(/^\[(?:e\u0301)+\] …$/)
    expect(marked('x', `${'👩‍👩‍👧'.repeat(100)}x`)).toMatch(/^… .*\[x\]$/u)
  })

  test('of a body that is larger than a frame is still one', () => {
    expect(marked('b', `${'a '.repeat(5000)}b`)).toContain('[b]')
    expect(marked('a', `a${'\u0301'.repeat(5000)}`)).toBe(' …')
  })

  test('without a match begins where the body does', () => {
    expect(marked('', 'all of it')).toBe('all of it')
  })
})
