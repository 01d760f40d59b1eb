import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  foldedText,
  indexedText,
  matchExpression,
  matches,
  parseQuery,
  snippet,
  wordsOf,
} from './search-text.ts'

const marked = (query: string, body: string): string =>
  snippet(parseQuery(query), body)
    .map(({ text, match }) => (match ? `[${text}]` : text))
    .join('')

describe('words', () => {
  test.each([
    ['Hello, World!', 'hello world'],
    ['Crème BRÛLÉE', 'creme brulee'],
    ['İstanbul ΣΊΣΥΦΟΣ', 'istanbul σισυφος'],
    ['a1b2 3.14', 'a1b2 3 14'],
    ['日本語です', '日 本 語 て す'],
    ['👍 … -- ', ''],
    ['ﬁne', 'fine'],
  ])('%s is compared as %s', (text, folded) => {
    expect(indexedText(text)).toBe(folded)
  })

  test('[S6] the shortcut for plain text makes the same words', () => {
    const plain = fc.string({ unit: 'binary-ascii', maxLength: 80 })
    const mixed = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(fc.oneof(plain, mixed), (text) => {
        expect(indexedText(text)).toBe(foldedText(text))
      }),
      { seed: 20261123, numRuns: 2_000 },
    )
  })

  test('know where they stand in the text', () => {
    expect(wordsOf('é b')).toEqual([
      { folded: 'e', start: 0, end: 1 },
      { folded: 'b', start: 2, end: 3 },
    ])
  })
})

describe('a query', () => {
  test('is words that must all occur, each as a beginning', () => {
    expect(parseQuery('Hel WOR')).toEqual([['hel'], ['wor']])
    expect(matchExpression(parseQuery('Hel WOR'))).toBe('"hel" * AND "wor" *')
    expect(matches(parseQuery('wor hel'), 'Hello World')).toBe(true)
    expect(matches(parseQuery('orld'), 'Hello World')).toBe(false)
    expect(matches(parseQuery('!!'), 'Hello!!')).toBe(false)
  })

  test('letters of a script without spaces are a phrase', () => {
    expect(parseQuery('日本 東')).toEqual([['日', '本'], ['東']])
    expect(matches(parseQuery('本語'), '日本語です')).toBe(true)
    expect(matches(parseQuery('語本'), '日本語です')).toBe(false)
  })

  test('is bounded, and has no way into the query language', () => {
    expect(parseQuery('a '.repeat(100))).toHaveLength(16)
    expect(matchExpression(parseQuery('" OR words:x NEAR("'))).toBe(
      '"or" * AND "words" * AND "x" * AND "near" *',
    )
  })
})

describe('a snippet', () => {
  test('marks every match', () => {
    expect(marked('ship', 'The ship is shipped; Ship!')).toBe('The [ship] is [shipped]; [Ship]!')
    expect(marked('creme', 'une Crème brûlée')).toBe('une [Crème] brûlée')
    expect(marked('本語', '日本語です')).toBe('日[本語]です')
  })

  test('is cut around the first match', () => {
    const body = `${'far away '.repeat(50)}treasure${' beyond'.repeat(50)}`
    const cut = marked('treasure', body)
    expect(cut).toMatch(/^… far away far away far away \[treasure\] beyond/)
    expect(cut).toMatch(/ …$/)
    expect(cut.length).toBeLessThan(200)
  })

  test('splits no surrogate pair', () => {
    const cut = snippet(parseQuery('x'), `x${'😀'.repeat(200)}`)
    for (const { text } of cut) expect(() => encodeURIComponent(text)).not.toThrow()
  })

  test('of a body that is larger than a frame is still one', () => {
    expect(marked('b', `${'a '.repeat(5000)}b`)).toContain('[b]')
  })
})
