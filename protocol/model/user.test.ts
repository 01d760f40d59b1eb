import { expect, test } from 'vitest'
import { Username } from './user.ts'

test.each([
  ['ann', true],
  ['Ann.O-Neill_2', true],
  ['Zoë', true],
  ['Zoe\u0308', true],
  ['हिन्दी', true],
  ['สมชาย', true],
  ['李雷', true],
  ['', false],
  ['\u0308', false],
  ['a b', false],
  ['a\u0000', false],
  ['a\u202eb', false],
  ['\ud800', false],
  ['😀', false],
  ['a'.repeat(65), false],
])('%j as a username: %s', (name, fine) => {
  expect(Username.safeParse(name).success).toBe(fine)
})
