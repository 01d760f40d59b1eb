import { USERNAME_PATTERN } from '../../../protocol/limits.ts'
import { isolate } from '../../../protocol/model/names.ts'
import type { User } from '../../../protocol/model/user.ts'
import { findsName, nameKeys, nameWords } from '../../../protocol/text/names.ts'

/** Someone to be in the conversation, and what is known about the name. */
export interface Person {
  readonly username: string
  readonly check:
    | { readonly status: 'checking' }
    | { readonly status: 'found'; readonly displayName: string }
    | { readonly status: 'unknown' }
    /** Nobody has this username, and more than one person is called so. */
    | { readonly status: 'several' }
    /** The server could not be asked; creating the conversation will tell. */
    | { readonly status: 'unchecked' }
}

/** Usernames as the server compares them. */
const plain = (name: string): string => name.normalize('NFKC').toLowerCase()
const same = (a: string, b: string): boolean => plain(a) === plain(b)

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

/** Those of the users found who fit what is typed by now. */
export function fitting(found: readonly User[], typed: string): readonly User[] {
  const words = nameWords(typed)
  return found.filter(
    (user) => plain(user.username).startsWith(plain(typed)) || findsName(words, keysOf(user)),
  )
}

/** Who is meant by what was typed in full: who has this username, else the only one who has all these words as names. */
export function meant(typed: string, found: readonly User[]): User | 'several' | null {
  const exact = found.find((user) => same(user.username, typed.replace(/^@/, '')))
  if (exact !== undefined) return exact
  const words = nameWords(typed)
  const called = found.filter((user) => {
    const keys = new Set(keysOf(user))
    return words.length > 0 && words.every((word) => keys.has(word))
  })
  return called.length > 1 ? 'several' : (called[0] ?? null)
}

function keysOf({ username, displayName }: User): string[] {
  return [...nameKeys(displayName), ...nameKeys(username)]
}

/** Notes what the server's answer says about a name; who was named in another way gets the username. */
export function withAnswer(
  people: readonly Person[],
  name: string,
  found: readonly User[],
): readonly Person[] {
  const who = meant(name, found)
  if (who === null) return withCheck(people, name, { status: 'unknown' })
  if (who === 'several') return withCheck(people, name, { status: 'several' })
  const person: Person = {
    username: same(name, who.username) ? name : who.username,
    check: { status: 'found', displayName: who.displayName },
  }
  const isThere = people.some(
    ({ username }) => same(username, who.username) && !same(username, name),
  )
  if (isThere) return removePerson(people, name)
  return people.map((other) => (same(other.username, name) ? person : other))
}
