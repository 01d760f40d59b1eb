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

/** What is not drawn: marks that choose the variant of an ideograph, joiners. */
const UNDRAWN = /\p{Default_Ignorable_Code_Point}/gu
/** A dot over a letter that has one: it takes the place of the letter's own. */
const DOT_OVER_DOT = /(?<=\p{Soft_Dotted}[\u0316-\u0333]*)\u0307/gu

/**
 * What a text looks like: two texts with one skeleton can be taken for each other (UTS 39, 4). Only to be compared, never
 * shown.
 */
export function skeleton(text: string): string {
  return [...text.normalize('NFD').replace(UNDRAWN, '')]
    .map((character) => LOOKS.get(character) ?? character)
    .join('')
    .normalize('NFD')
    .replace(DOT_OVER_DOT, '')
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
