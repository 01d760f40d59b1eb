import { describe, expect, test } from 'vitest'
import { CreateAccountRequest } from '../http/accounts.ts'
import { Title } from './conversation.ts'
import { holdsUnseenMarks, isOfOneScript, isVisible } from './name-rules.ts'
import { DisplayName, NewUsername } from './user.ts'

describe('[V14] names that people read', () => {
  test.each([
    'Ann',
    'Ann Ä. O’Neill (she/her)',
    'محمد علی',
    'می‌خواهم',
    'क्‍ष',
    'ශ්‍රී',
    '渡邉\u{e0100}',
    '李小龍',
    'Ann ❤️',
    '👨‍👩‍👧 Family',
    '👩🏽‍💻',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '1️⃣',
    '🏳️‍🌈',
    '...',
    'Nguyễn Thế',
    'שָׁלוֹם',
    'བསྒྲུབས',
    'น้ำทิพย์',
    '👁️‍🗨️ watch',
  ])('%j is a name, and a title', (name) => {
    expect(DisplayName.safeParse(name)).toMatchObject({ success: true, data: name })
    expect(Title.safeParse(name).success).toBe(true)
  })

  test.each([
    ['a right-to-left override', 'Evil\u202e'],
    ['an isolate', 'a\u2067b'],
    ['a mark of direction', 'a\u200fb'],
    ['an Arabic letter mark', 'a\u061cb'],
    ['a line break', 'a\nb'],
    ['a line break at the end', 'Ann\n'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['a next line', 'a\u0085b'],
    ['a tab', 'a\tb'],
    ['a NUL', 'a\0b'],
    ['an escape', 'a\u001bb'],
    ['half a pair', 'a\ud800'],
    ['nothing wide', '\u200b'],
    ['nothing wide between letters', 'Al\u200bice'],
    ['a joiner between Latin letters', 'Al\u200dice'],
    ['a joiner at the end', 'Ann\u200d'],
    ['a soft hyphen', 'Al\u00adice'],
    ['a grapheme joiner', 'Al\u034fice'],
    ['a variation selector', 'alice\ufe0f'],
    ['an ideographic variant of no ideograph', 'alice\u{e0100}'],
    ['a Hangul filler', 'alice\u3164'],
    ['only Hangul fillers', '\u3164\u3164'],
    ['a half width filler', '\uffa0'],
    ['a blank Braille pattern', '\u2800'],
    ['a Khmer vowel that is not shown', 'alice\u17b4'],
    ['tags', 'Ann\u{e0041}'],
    ['an annotation', 'a\ufff9b'],
    ['blanks', '\u00a0\u3000 '],
    ['a mark without a letter', '\u0301'],
    ['nothing', ''],
    ['a place for an object', '\ufffc'],
    ['a note head that is not drawn', '\u{1d159}'],
    ['a text in tags behind a picture', '🎉\u{e0041}\u{e0042}'],
    ['a text in tags behind a flag', '🏴\u{e0041}\u{e0042}\u{e0043}'],
    ['many marks of presentation', '❤\ufe0f\ufe0f'],
    ['a joiner before a Latin letter', 'म\u200da'],
    ['a pile of accents', `a${'\u0301\u0302\u0303\u0308'.repeat(5)}`],
    ['one accent twice', 'a\u0301\u0301'],
    ['an accent twice, once within its letter', 'á\u0301'],
    ['a pile of Thai vowels', `ก${'\u0e47'.repeat(20)}`],
    ['a pile of circles', 'a\u20dd\u20dd'],
  ])('%s is none', (_, name) => {
    expect(DisplayName.safeParse(name).success).toBe(false)
    expect(Title.safeParse(name).success).toBe(false)
  })

  test('what is wrong is said of the field', () => {
    const request = { username: 'ann', displayName: 'a\u202eb', password: 'long enough' }
    const parsed = CreateAccountRequest.safeParse(request)
    expect(parsed.error?.issues).toMatchObject([{ path: ['displayName'] }])
  })

  test('each of the three questions by itself', () => {
    expect(holdsUnseenMarks('👨‍👩‍👧\u200b')).toBe(true)
    expect(isVisible('\u2800 \u200b')).toBe(false)
    expect(isVisible('!')).toBe(true)
    expect(isOfOneScript('')).toBe(true)
  })
})

describe('[V19] usernames', () => {
  test.each([
    ['ann', 'ann'],
    ['Zoe\u0308', 'Zoë'],
    ['Ａｎｎ', 'Ann'],
    ['ﬁn', 'fin'],
    ['हिन्दी', 'हिन्दी'],
    ['สมชาย', 'สมชาย'],
    ['анна', 'анна'],
    ['αννα', 'αννα'],
    ['李雷-Li', '李雷-Li'],
    ['ひらカナ漢字abc', 'ひらカナ漢字abc'],
    ['김철수Kim', '김철수Kim'],
    ['ᚠᚢᚦ', 'ᚠᚢᚦ'],
    ['a_1.b-2', 'a_1.b-2'],
  ])('%j is one, kept as %j', (typed, kept) => {
    expect(NewUsername.safeParse(typed)).toMatchObject({ success: true, data: kept })
  })

  test.each([
    'alice\ufe0f',
    'al\u034fice',
    'alice\u3164',
    'alice\u{e0100}',
    'alice\u17b4',
    '\u3164\u3164',
    '\u115f\u1160',
    'ali\u200dce',
    'аlice',
    'αlice',
    'pаypal',
    'annаνν',
    'ann٣١',
    'aᎪ',
    'ann\ufdfa',
    'a\u2800',
    `a${'\u0323\u0301'.repeat(4)}`,
    'a\u0338\u0338',
    'a'.repeat(65),
  ])('%j is none', (name) => {
    expect(NewUsername.safeParse(name).success).toBe(false)
  })
})
