import { describe, expect, test } from 'vitest'
import { chunksOf, matchExpression, matches, parseQuery } from './search-query.ts'

const finds = (query: string, body: string): boolean => matches(parseQuery(query), body)

describe('a query', () => {
  test('is words that must all occur, each as a beginning', () => {
    expect(matchExpression(parseQuery('Hel WOR'))).toBe('("hel" *) AND ("wor" *)')
    expect(finds('wor hel', 'Hello World')).toBe(true)
    expect(finds('orld', 'Hello World')).toBe(false)
  })

  test('letters of a script without spaces are a phrase', () => {
    expect(finds('本語', '日本語です')).toBe(true)
    expect(finds('語本', '日本語です')).toBe(false)
    expect(finds('시청', '서울시청에서')).toBe(true)
  })

  test('is bounded, and has no way into the query language', () => {
    expect(parseQuery('a '.repeat(100))).toHaveLength(16)
    expect(matchExpression(parseQuery('OR words:x NEAR( a"b'))).toBe(
      '("or" *) AND ("words : x" *) AND ("near (") AND ("a "" b" *)',
    )
  })

  test.each([
    ['サーバー', 'バーベキューのサラダ'],
    ['コーヒー', 'ヒーローのコート'],
    ['パン', 'ハンカチ'],
    ['कल', 'काला'],
    ['कल', 'कील'],
    ['दिन', 'दान'],
    ['பால்', 'பல்'],
    ['ปี', 'ปู'],
    ['ปี', 'ปี่'],
    ['มา', 'ม้า'],
    ['ขาว', 'ข้าว'],
    ['мой', 'мои'],
    ['は', 'ば'],
  ])('[F10] %s does not find %s', (query, body) => {
    expect(finds(query, body)).toBe(false)
    expect(finds(query, `x ${query}`)).toBe(true)
  })

  test.each([
    ['שלום', 'שָׁלוֹם'],
    ['محمد', 'مُحَمَّد'],
    ['creme', 'Crème'],
    ['елка', 'Ёлка'],
    ['strasse', 'Straße'],
    ['istanbul', 'İSTANBUL'],
    ['ﾊﾞﾅﾅ', 'バナナ'],
    ['한글'.normalize('NFD'), '한글'],
  ])('[F10] %s finds %s', (query, body) => expect(finds(query, body)).toBe(true))

  test.each([
    ['???', 'what???', 'what?'],
    ['🎉', 'party 🎉!', 'party'],
    ['👍', '👍🏽', '👎'],
    ['🇩🇪', 'in 🇩🇪', '🇦🇩🇪🇸'],
    ['C++', 'I like C++.', 'c is a letter'],
    ['C#', 'C# too', 'C'],
    ['10:30', 'at 10:30', '30 cows and 10 goats'],
    ['3.14', 'pi is 3.14', '14 of 3'],
    ["don't", 'I don’t', 'dont'],
    ['#tag', 'a #tag', 'a tag'],
    ['"exact phrase"', 'an exact phrase here', 'phrase is exact'],
    ['“exact phrase”', 'an exact  phrase', 'exact phrases'],
    ['"exact phr', 'an exact phrase', 'phrase exact'],
    ['"', 'he said "no"', 'he said no'],
    ['...', 'well…', 'well.'],
    [':)', 'fine :)', 'fine'],
    ['ï·º ~', 'ï·º ~', 'x'],
  ])('[F11] %s finds %s, not %s', (query, body, other) => {
    expect(finds(query, body)).toBe(true)
    expect(finds(query, other)).toBe(false)
  })

  test('[F11] holds filters, but not in quotes nor in the middle of a word', () => {
    expect(chunksOf('From:bob x in:"Project X" "in:y z" join:us has:')).toEqual([
      { kind: 'filter', name: 'from', value: 'bob' },
      { kind: 'text', text: 'x', exact: false },
      { kind: 'filter', name: 'in', value: 'Project X' },
      { kind: 'text', text: 'in:y z', exact: true },
      { kind: 'text', text: 'join:us', exact: false },
      { kind: 'filter', name: 'has', value: '' },
    ])
  })

  test('of blanks, or of what is never seen, looks for nothing', () => {
    for (const typed of ['', '  ', '\u200b', '\u00ad ']) expect(parseQuery(typed)).toEqual([])
  })
})
