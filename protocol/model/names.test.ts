import { describe, expect, test } from 'vitest'
import { cleanName, directionOf, firstName, foldName, isolate, nameLine } from './names.ts'

const RLO = '\u202e'

describe('a name keeps to its place', () => {
  test('marks that turn direction, and line breaks, are no part of it', () => {
    expect(cleanName(`Evil${RLO}`)).toBe('Evil')
    expect(cleanName('\u2066a\u2069\u202bb\u202c\u2067')).toBe('ab')
    expect(cleanName(' two\nlines\t')).toBe('two lines')
    expect(cleanName('אבי')).toBe('אבי')
  })

  test('what runs from right to left is isolated in a sentence, and nothing gets out of that', () => {
    expect(isolate('أحمد')).toBe('\u2068أحمد\u2069')
    expect(isolate('Bob')).toBe('Bob')
    expect(isolate(`Bob\u2069${RLO}אבי`)).toBe('\u2068Bobאבי\u2069')
    expect(isolate('\u2067a')).toBe('a')
    expect(isolate(`${isolate('أحمد')} @ahmad`)).toBe('\u2068\u2068أحمد\u2069 @ahmad\u2069')
  })

  test('the first letter decides about the direction of a text', () => {
    expect(directionOf('message from arab')).toBe('ltr')
    expect(directionOf('123 שלום, Bob')).toBe('rtl')
    expect(directionOf('Bob, שלום')).toBe('ltr')
    expect(directionOf('42')).toBe('ltr')
  })
})

describe('namesakes', () => {
  test.each([
    ['Alice', 'Аlice', 'a Cyrillic letter'],
    ['Alice', 'alice', 'case'],
    ['Alice', 'AIice', 'a capital i for an l'],
    ['Alice', 'Al\u200bice', 'a blank that is not seen'],
    ['Alice', 'Ａｌｉｃｅ', 'wide letters'],
    ['Zoë Smith', 'Zoe  Smith', 'accents and blanks'],
    ['Bob', 'B0b', 'a digit'],
    ['Οσκαρ', 'Оσκаρ', 'Greek and Cyrillic'],
  ])('%s and %s are taken for one: %s', (a, b) => {
    expect(foldName(a)).toBe(foldName(b))
  })

  test.each([
    ['Alice', 'Alicia'],
    ['Bob', 'Rob'],
    ['太郎', '次郎'],
    ['Ada Lovelace', 'Ada'],
  ])('%s and %s are two', (a, b) => {
    expect(foldName(a)).not.toBe(foldName(b))
  })

  test('the username tells them apart, each part in its own direction', () => {
    expect(nameLine({ name: 'Alice' })).toBe('Alice')
    expect(nameLine({ name: 'Alice', handle: 'alice2' })).toBe('Alice @alice2')
    expect(nameLine({ name: 'أحمد', handle: 'ahmad' })).toBe('\u2068أحمد\u2069 @ahmad')
  })
})

test('for short, the first word, where it is a name by itself', () => {
  expect(firstName('Bob Hartley')).toBe('Bob')
  expect(firstName('Dr. Strange')).toBe('Dr. Strange')
  expect(firstName('J Doe')).toBe('J Doe')
  expect(firstName('太郎')).toBe('太郎')
})
