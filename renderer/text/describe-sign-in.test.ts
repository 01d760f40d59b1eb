import { expect, test } from 'vitest'
import type { NetworkReason } from '../../protocol/wire/failure.ts'
import { describeSignInFailure } from './describe-sign-in.ts'

const HOST = 'chat.example.org'
const REASONS: readonly NetworkReason[] = [
  'unreachable',
  'refused',
  'name_not_found',
  'tls',
  'not_our_server',
  'cut',
  'half_open',
]

test('signing in says what it means there, and what to do', () => {
  const words = (code: string) => describeSignInFailure({ code }, HOST)
  expect(words('unauthenticated')).toBe('Wrong username or password')
  expect(words('username_taken')).toContain('taken. Choose another one, or sign in')
  expect(words('registration_closed')).toContain('Ask whoever runs it')
  expect(words('not_found')).toContain(HOST)
})

test('each reason not to reach a server reads differently, names the server and says what to do', () => {
  const words = REASONS.map((reason) => describeSignInFailure({ code: 'network', reason }, HOST))
  expect(new Set(words).size).toBe(REASONS.length)
  for (const text of words) {
    expect(text).toContain(HOST)
    expect(text).toMatch(/(Check|Try|Ask) /)
  }
})
