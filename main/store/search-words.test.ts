import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldedWords, indexedText, wordsOf } from './search-words.ts'

describe('words', () => {
  test.each([
    ['Hello, World!', 'hello , world !'],
    ['Crème BRÛLÉE', 'creme brulee'],
    ['İstanbul ΣΊΣΥΦΟΣ', 'istanbul σισυφοσ'],
    ['a1b2 3.14', 'a1b2 3 . 14'],
    ['日本語です', '日 本 語 で す'],
    ['コーヒー', 'コ ー ヒ ー'],
    ['ｺｰﾋｰﾊﾞﾝ', 'コ ー ヒ ー バ ン'],
    ['ปี่', 'ปี่'],
    ['한글'.normalize('NFD'), '한 글'],
    ['हिन्दी में', 'हिन्दी में'],
    ['👍🏽👍', '👍🏽 👍'],
    ['👩‍👧', '👩 👧'],
    ['🇩🇪🇪🇸', '🇩🇪 🇪🇸'],
    ['C++ #1?', 'c + + # 1 ?'],
    ['wait…', 'wait . . .'],
    ['5㎏ ™', '5 kg tm'],
    ['\u200b \u00ad \u2800', '\u2800'],
    ['co\u00adop', 'coop'],
    ['ﬁne', 'fine'],
  ])('%s is compared as %s', (text, folded) => {
    expect(indexedText(text)).toBe(folded)
  })

  test('[S6] the shortcut for plain text makes the same words', () => {
    const plain = fc.string({ unit: 'binary-ascii', maxLength: 80 })
    const mixed = fc.string({ unit: 'grapheme', maxLength: 20 })
    fc.assert(
      fc.property(fc.oneof(plain, mixed), (text) => {
        expect(indexedText(text)).toBe(foldedWords(text))
      }),
      { seed: 20261123, numRuns: 2_000 },
    )
  })

  test('hold no blank and are never empty, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        for (const { folded } of wordsOf(text)) expect(folded).toMatch(/^[^\s\0]+$/u)
      }),
      { seed: 20261201, numRuns: 5_000 },
    )
  })

  test('know where they stand in the text', () => {
    expect(wordsOf('é b')).toEqual([
      { folded: 'e', kind: 'word', start: 0, end: 1 },
      { folded: 'b', kind: 'word', start: 2, end: 3 },
    ])
  })
})
