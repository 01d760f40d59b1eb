import { MAX_USERNAME_LENGTH } from '../../protocol/limits.ts'
import { NewUsername } from '../../protocol/model/user.ts'

/** Digits that tell names apart which would be the same. */
const SUFFIX_DIGITS = 4
const FALLBACK = 'me'

/** A username made of a name that people read: its letters and digits, in lower case, joined by hyphens. */
export function usernameFor(displayName: string): string {
  const slug = displayName
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, '-')
    .replace(/-+/g, '-')
    .replace(/^-+|-+$/g, '')
  const room = MAX_USERNAME_LENGTH - SUFFIX_DIGITS - 1
  const cut = [...slug].slice(0, room).join('').slice(0, room)
  const name = cut.replace(/[\uD800-\uDBFF]$|-+$/g, '')
  // A name in several scripts is fine to read, and none to sign in with.
  return NewUsername.safeParse(name).success ? name : FALLBACK
}

/** Another username for the same name; `random` is in [0, 1). */
export function variedUsername(username: string, random: number): string {
  const number = Math.floor(random * 10 ** SUFFIX_DIGITS)
  return `${username}-${String(number).padStart(SUFFIX_DIGITS, '0')}`
}
