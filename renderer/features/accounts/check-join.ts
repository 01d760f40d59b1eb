import { MIN_PASSWORD_LENGTH, USERNAME_PATTERN } from '../../../protocol/limits.ts'
import {
  holdsUnseenMarks,
  isOfOneScript,
  isVisible,
  pilesMarks,
} from '../../../protocol/model/name-rules.ts'
import { parseServerAddress } from './server-address.ts'

export type JoinWay = 'signIn' | 'createAccount'

/** What stands in the fields. */
export interface JoinFields {
  readonly address: string
  readonly username: string
  readonly password: string
  readonly displayName: string
}

export type JoinErrors = Partial<Record<keyof JoinFields, string>>

const TOO_MANY_MARKS = 'There are too many marks on one letter'

/** What is wrong with the fields, by field; nothing where they can be sent. */
export function checkJoin(way: JoinWay, fields: JoinFields): JoinErrors {
  const address = checkAddress(fields.address)
  const isNew = way === 'createAccount'
  const username = checkUsername(fields.username.trim(), isNew)
  const password = checkPassword(way, fields.password)
  const displayName = isNew ? checkShownName(fields.displayName.trim()) : null
  return {
    ...(address === null ? {} : { address }),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(displayName === null ? {} : { displayName }),
  }
}

function checkAddress(address: string): string | null {
  if (address.trim() === '') return 'Type the address that you were given, like chat.example.org'
  return parseServerAddress(address) === null ? 'This is not a server address' : null
}

function checkUsername(username: string, isNew: boolean): string | null {
  if (username === '') return 'Type a username'
  if (!USERNAME_PATTERN.test(username) || (isNew && holdsUnseenMarks(username))) {
    return 'Letters, digits and . _ - only, at least one'
  }
  if (isNew && pilesMarks(username)) return TOO_MANY_MARKS
  return isNew && !isOfOneScript(username) ? 'Letters of one script only' : null
}

/** What is wrong with a name that others will see; nothing where there is none. */
export function checkShownName(name: string): string | null {
  if (name === '') return null
  if (!isVisible(name)) return 'Nothing of this name can be seen'
  if (pilesMarks(name)) return TOO_MANY_MARKS
  return holdsUnseenMarks(name) ? 'There are signs in this name that cannot be seen' : null
}

function checkPassword(way: JoinWay, password: string): string | null {
  if (password === '') return 'Please type your password'
  if (way === 'createAccount' && password.length < MIN_PASSWORD_LENGTH) {
    return `A new password needs at least ${MIN_PASSWORD_LENGTH} characters`
  }
  return null
}
