import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldText } from './fold.ts'

const alike = (...texts: string[]) => expect(new Set(texts.map(foldText)).size).toBe(1)
const apart = (...texts: string[]) => expect(new Set(texts.map(foldText)).size).toBe(texts.length)

describe('[F10] folding', () => {
  test.each([
    ['Latin accents', ['Crème BRÛLÉE', 'creme brulee']],
    ['Latin letters with a stroke', ['Łódź Đà Nẵng Søren', 'lodz da nang soren']],
    ['Vietnamese, composed and not', ['Nguyễn', 'Nguyễn'.normalize('NFD'), 'NGUYEN']],
    ['sharp s', ['Straße', 'STRASSE', 'straẞe']],
    ['the four i of Turkish', ['İstanbul', 'istanbul', 'ISTANBUL', 'ıstanbul']],
    ['ligatures', ['ﬁne Æon œuvre', 'fine aeon oeuvre']],
    ['Greek accents and the sigma at the end', ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'σισυφοσ']],
    ['Greek with iota below', ['ᾳ', 'α']],
    ['Hebrew points', ['שָׁלוֹם', 'שלום']],
    ['Arabic harakat and tatweel', ['مُحَمَّد', 'محمـــد', 'محمد']],
    ['alef with and without hamza', ['أحمد', 'احمد']],
    ['Persian keyboards', ['کتاب یک', 'كتاب يك']],
    ['Cyrillic io and stress', ['ёлка', 'Елка', 'Е́лка', 'е́лка']],
    ['full and half width', ['ＡＢＣ１２３', 'abc123']],
    ['half-width kana', ['ﾊﾞｰﾍﾞｷｭｰ', 'バーベキュー']],
    ['kana, composed and not', ['がぎぐ', 'がぎぐ'.normalize('NFD')]],
    ['Hangul, composed and not', ['한글', '한글'.normalize('NFD')]],
    ['Devanagari, composed and not', ['क़लम', 'क़लम'.normalize('NFC'), 'क़लम'.normalize('NFD')]],
    ['marks that are not seen', ['co\u00adop\u200b', 'coop']],
    ['a joiner in an Indic word', ['ශ්‍රී', 'ශ්රී']],
    ['skin of an emoji that is only a wish for colour', ['❤️', '❤']],
    ['quotes and dashes', ['“it’s” – ok', '"it\'s" - ok']],
  ])('makes one of %s', (_what, texts) => alike(...texts))

  test.each([
    ['Japanese voiced marks', ['は', 'ば', 'ぱ']],
    ['katakana voiced marks', ['ハ', 'バ', 'パ']],
    ['the long sound', ['ビル', 'ビール']],
    ['Hindi vowel signs', ['कल', 'काल', 'कील', 'कला']],
    ['Hindi virama', ['कल', 'क्ल']],
    ['Bengali vowel signs', ['বল', 'বাল', 'বিল']],
    ['Tamil vowel signs', ['பல்', 'பால்', 'பல']],
    ['Malayalam', ['മല', 'മാല']],
    ['Thai vowels and tones', ['ปี', 'ปู', 'ปี่', 'ป']],
    ['Thai tones', ['ขาว', 'ข้าว', 'ข่าว']],
    ['Lao', ['ປີ', 'ປູ']],
    ['Khmer', ['កក', 'កុក', 'កូក']],
    ['Myanmar', ['မ', 'မာ', 'မိ']],
    ['Tibetan', ['ཀ', 'ཀི']],
    ['Thaana', ['މަ', 'މި']],
    ['й', ['мой', 'мои']],
    ['Ukrainian ї', ['їх', 'іх']],
    ['Belarusian ў', ['воўк', 'воук']],
    ['Macedonian ѓ and ќ', ['ѓ', 'г', 'ќ', 'к']],
    ['Arabic letters with a hamza', ['سؤال', 'سوال']],
    ['flags made of tags', ['🏴󠁧󠁢󠁥󠁮󠁧󠁿', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '🏴']],
  ])('keeps %s apart', (_what, texts) => apart(...texts))

  test('done twice is done once, whatever the form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        const once = foldText(text)
        expect(foldText(once)).toBe(once)
        expect(foldText(text.normalize('NFD'))).toBe(once)
        expect(foldText(text.normalize('NFC'))).toBe(once)
      }),
      { seed: 20261201, numRuns: 5_000 },
    )
  })
})
