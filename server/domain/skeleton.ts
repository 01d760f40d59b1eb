import { CONFUSABLES } from './confusables.ts'

/** Each character that looks like another text, and that text. */
const LOOKS: ReadonlyMap<string, string> = new Map(
  CONFUSABLES.trim()
    .split(/\s+/)
    .flatMap((group): [string, string][] => {
      const [look = '', characters = ''] = group.split('=')
      const text = look.split('+').map(characterOf).join('')
      return characters.split(',').map((character) => [characterOf(character), text])
    }),
)

function characterOf(hex: string): string {
  return String.fromCodePoint(Number.parseInt(hex, 16))
}

/**
 * What a text looks like: two texts with one skeleton can be taken for each other (UTS 39, 4). Only to be compared, never
 * shown.
 */
export function skeleton(text: string): string {
  return [...text.normalize('NFD')]
    .map((character) => LOOKS.get(character) ?? character)
    .join('')
    .normalize('NFD')
}

/**
 * What a username looks like: as it is written (`Ian` reads `lan`) and in small letters, since names are told apart
 * without regard to case. No two new accounts share a look.
 */
export function usernameLooks(username: string): readonly string[] {
  const name = username.normalize('NFKC')
  const small = (text: string) => skeleton(text.toLowerCase())
  return [...new Set([small(skeleton(name)), small(name)])]
}
