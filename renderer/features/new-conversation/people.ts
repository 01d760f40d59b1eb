import { USERNAME_PATTERN } from '../../../protocol/limits.ts'
import { isolate } from '../../../protocol/model/names.ts'

/** Someone to be in the conversation, and what is known about the name. */
export interface Person {
  readonly username: string
  readonly check:
    | { readonly status: 'checking' }
    | { readonly status: 'found'; readonly displayName: string }
    | { readonly status: 'unknown' }
    /** The server could not be asked; creating the conversation will tell. */
    | { readonly status: 'unchecked' }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Splits what was typed or pasted into usernames: commas, semicolons and spaces stand between them. */
export function splitNames(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map((name) => name.replace(/^@/, ''))
    .filter((name) => name !== '')
}

/** Why a text cannot be a username; null when it can. */
export function nameError(name: string): string | null {
  return USERNAME_PATTERN.test(name) ? null : `“${isolate(name)}” is not a username`
}

/** Adds a name unless it is there already; usernames are compared without case. */
export function addPerson(people: readonly Person[], username: string): readonly Person[] {
  if (people.some((person) => same(person.username, username))) return people
  return [...people, { username, check: { status: 'checking' } }]
}

/** Takes a name away. */
export function removePerson(people: readonly Person[], username: string): readonly Person[] {
  return people.filter((person) => !same(person.username, username))
}

/** Notes what was found out about a name. */
export function withCheck(
  people: readonly Person[],
  username: string,
  check: Person['check'],
): readonly Person[] {
  return people.map((person) => (same(person.username, username) ? { ...person, check } : person))
}

/** What a search for `username` says about that very name. */
export function checkFrom(
  username: string,
  found: readonly { username: string; displayName: string }[],
): Person['check'] {
  const match = found.find((user) => same(user.username, username))
  return match === undefined
    ? { status: 'unknown' }
    : { status: 'found', displayName: match.displayName }
}
