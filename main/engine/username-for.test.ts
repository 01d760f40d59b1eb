import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NewUsername } from '../../protocol/model/user.ts'
import { usernameFor, variedUsername } from './username-for.ts'

test.each([
  ['Ada Lovelace', 'ada-lovelace'],
  ['  Émile  Zola! ', 'émile-zola'],
  ['李小龍', '李小龍'],
  ['👍👍', 'me'],
  ['--', 'me'],
  ['Anna Смит', 'me'],
  ['Al\u3164ice', 'al-ice'],
])('%s becomes %s', (displayName, username) => {
  expect(usernameFor(displayName)).toBe(username)
})

test('any name makes a valid username, and so do its variants', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      (displayName, random) => {
        const username = usernameFor(displayName)
        expect(NewUsername.safeParse(username).success).toBe(true)
        expect(NewUsername.safeParse(variedUsername(username, random)).success).toBe(true)
      },
    ),
    { seed: 20_261_123, numRuns: 2_000 },
  )
})
