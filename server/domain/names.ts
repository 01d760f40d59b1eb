import { isOfOneScript } from '../../protocol/model/name-rules.ts'
import { skeleton } from './skeleton.ts'

/** How names are compared: without case, and without the difference between forms of one character. */

/** The username as it is compared and kept unique. */
export function usernameKey(username: string): string {
  return foldCase(username)
}

/** A text as it is searched: NFKC, lower case. */
export function foldCase(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC')
}

/** Whether a name has a word of letters from several scripts that reads like a word of one. */
export function isSpoof(name: string): boolean {
  return name
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .some((word) => !isOfOneScript(word) && isOfOneScript(skeleton(word)))
}
