import { MIN_PASSWORD_LENGTH, USERNAME_PATTERN } from '../../../protocol/limits.ts'
import { parseServerAddress } from './server-address.ts'

export type JoinWay = 'signIn' | 'createAccount'

/** What stands in the fields. */
export interface JoinFields {
  readonly address: string
  readonly username: string
  readonly password: string
  readonly displayName: string
}

export type JoinErrors = Partial<Record<'address' | 'username' | 'password', string>>

/** What is wrong with the fields, by field; nothing where they can be sent. */
export function checkJoin(way: JoinWay, fields: JoinFields): JoinErrors {
  const address = checkAddress(fields.address)
  const username = checkUsername(fields.username.trim())
  const password = checkPassword(way, fields.password)
  return {
    ...(address === null ? {} : { address }),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
  }
}

function checkAddress(address: string): string | null {
  if (address.trim() === '') return 'Type the address that you were given, like chat.example.org'
  return parseServerAddress(address) === null ? 'This is not a server address' : null
}

function checkUsername(username: string): string | null {
  if (username === '') return 'Type a username'
  return USERNAME_PATTERN.test(username) ? null : 'Letters, digits and . _ - only, at least one'
}

function checkPassword(way: JoinWay, password: string): string | null {
  if (password === '') return 'Please type your password'
  if (way === 'createAccount' && password.length < MIN_PASSWORD_LENGTH) {
    return `A new password needs at least ${MIN_PASSWORD_LENGTH} characters`
  }
  return null
}
