import { expect, test } from 'vitest'
import { checkJoin } from './check-join.ts'

const fields = {
  address: 'chat.example.org',
  username: 'ada',
  password: 'long enough',
  displayName: '',
}

test('an address, a username and a password are enough for both ways', () => {
  expect(checkJoin('signIn', fields)).toEqual({})
  expect(checkJoin('createAccount', fields)).toEqual({})
})

test('what is missing is said at its field', () => {
  const empty = { address: ' ', username: ' ', password: '', displayName: '' }
  expect(Object.keys(checkJoin('signIn', empty))).toEqual(['address', 'username', 'password'])
  expect(checkJoin('signIn', { ...fields, address: 'two words' })).toHaveProperty('address')
  expect(checkJoin('signIn', { ...fields, username: 'a b' })).toHaveProperty('username')
})

test('[V14] [V19] a new name has to be seen, and be of one script; an old one may be what it is', () => {
  for (const username of ['alice\u3164', 'аlice']) {
    expect(checkJoin('createAccount', { ...fields, username })).toHaveProperty('username')
    expect(checkJoin('signIn', { ...fields, username })).toEqual({})
  }
  for (const displayName of ['\u200b', '\u2800', 'Evil\u202e']) {
    expect(checkJoin('createAccount', { ...fields, displayName })).toHaveProperty('displayName')
    expect(checkJoin('signIn', { ...fields, displayName })).toEqual({})
  }
})

test('only a new password has to be long', () => {
  const short = { ...fields, password: 'short' }
  expect(checkJoin('signIn', short)).toEqual({})
  expect(checkJoin('createAccount', short)).toHaveProperty('password')
})
