import { expect, test } from 'vitest'
import { type KeyPress, shortcutOf } from './shortcuts.ts'

const press = (key: string, code: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: true,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...change,
})

test.each([
  ['US', 'k', 'KeyK', 'search'],
  ['US with caps lock', 'K', 'KeyK', 'search'],
  ['US', 'n', 'KeyN', 'new-conversation'],
  ['Russian', 'л', 'KeyK', 'search'],
  ['Russian', 'т', 'KeyN', 'new-conversation'],
  ['Greek', 'κ', 'KeyK', 'search'],
  ['Arabic', 'ن', 'KeyK', 'search'],
  ['Arabic, two letters on a key', 'لا', 'KeyB', null],
  ['Hebrew', 'ל', 'KeyK', 'search'],
  ['Korean', 'ㅏ', 'KeyK', 'search'],
  ['Thai', 'า', 'KeyK', 'search'],
  ['an input method', 'Process', 'KeyK', 'search'],
  ['Dvorak, where k is on V', 'k', 'KeyV', 'search'],
  ['Dvorak, where t is on K', 't', 'KeyK', null],
  ['Dvorak, where b is on N', 'b', 'KeyN', null],
  ['Bépo, where an accented letter may be anywhere', 'é', 'KeyK', null],
  ['a Latin sign', '.', 'KeyK', null],
  ['another letter', 'о', 'KeyJ', null],
  ['no letter', 'Enter', 'KeyK', null],
])('[F18] Ctrl in the layout %s: %s on %s', (_layout, key, code, shortcut) => {
  expect(shortcutOf(press(key, code), 'linux')).toBe(shortcut)
  const command = press(key, code, { ctrlKey: false, metaKey: true })
  expect(shortcutOf(command, 'darwin')).toBe(shortcut)
  expect(shortcutOf(command, 'linux')).toBeNull()
})

test('Alt and an arrow go through the list; more keys at once mean nothing', () => {
  const alt = { ctrlKey: false, altKey: true }
  expect(shortcutOf(press('ArrowUp', 'ArrowUp', alt), 'linux')).toBe('previous')
  expect(shortcutOf(press('ArrowDown', 'ArrowDown', alt), 'linux')).toBe('next')
  expect(shortcutOf(press('ArrowDown', 'ArrowDown', { altKey: true }), 'linux')).toBeNull()
  expect(shortcutOf(press('k', 'KeyK', { shiftKey: true }), 'linux')).toBeNull()
  expect(shortcutOf(press('k', 'KeyK', { altKey: true }), 'linux')).toBeNull()
})
