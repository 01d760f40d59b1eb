import { expect, test } from 'vitest'
import { MAX_EMOJI_LENGTH } from '../../protocol/limits.ts'
import { isEmoji } from './emoji.ts'

test.each([
  ...['👍', '❤️', '❤', '☺️', '™️', '👍🏽', '🏽', '😀', '🫠', '🦄', '🎉', '⏏️'],
  ...['👨‍👩‍👧‍👦', '👩🏽‍❤️‍💋‍👨🏿', '🏳️‍🌈', '🏳️‍⚧️', '🤷🏽‍♀️', '🐈‍⬛', '👁️‍🗨️'],
  ...['🇩🇪', '🇺🇳', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '#️⃣', '*⃣'],
])('[V14] %s is an emoji', (emoji) => {
  expect(isEmoji(emoji)).toBe(true)
  expect(emoji.length).toBeLessThanOrEqual(MAX_EMOJI_LENGTH)
})

test.each([
  ...[
    '',
    ' ',
    'a',
    '1',
    '#',
    '*',
    '1\uFE0F',
    'ab',
    'go away',
    'constructor',
    '__proto__',
    'toString',
  ],
  ...[
    '👍👍',
    '👍 ',
    ' 👍',
    '👍a',
    '👍\u0301',
    'e\u0301',
    '🇩',
    '🇩🇪🇫🇷',
    '👍\u200D',
    '\u200D👍',
    '👍\u200Da',
  ],
  ...[
    '\u200D',
    '\uFE0F',
    '\u20E3',
    '\u202E',
    '\u202E👍',
    '👍\n',
    '\0',
    '👍\0',
    '\uD83D',
    '👍\uD83D',
  ],
  ...['👍\u{E0061}\u{E0062}\u{E0063}\u{E007F}', '🏴\u{E0061}', '🏴\u{E007F}', '★', '\u3164', '中'],
])('[V14] %j is no emoji', (text) => {
  expect(isEmoji(text)).toBe(false)
})
