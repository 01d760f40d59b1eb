/**
 * Names as they are shown. A name is text that somebody else chose: it must neither turn the text around it (direction
 * marks, another script's direction) nor pass for somebody else's. Free of zod: the renderer imports it.
 */

/** Marks that turn the direction of text, and what breaks a line; no name needs them. */
const UNWANTED = /[\u202a-\u202e\u2066-\u2069]/gu
const BREAKS = /[\s\p{Cc}\u2028\u2029]+/gu

/** A name without what would reach beyond it: direction overrides and embeddings, line breaks. */
export function cleanName(name: string): string {
  return name.replace(UNWANTED, '').replace(BREAKS, ' ').trim()
}

/** Letters that are written from right to left, and the invisible mark that says so. */
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
/** Letters of either direction, as far as the difference matters here. */
const STRONG = /[\p{L}\u200e\u200f]/u

const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'

/**
 * A name (or another's text) for the inside of a sentence: its direction ends with it, and the sentence keeps its own.
 * What is written from left to right is so anyway, and stays as it is, so that it can be found and compared.
 */
export function isolate(text: string): string {
  const own = balanced(text)
  return RIGHT_TO_LEFT.test(own) ? FIRST_STRONG_ISOLATE + own + POP_ISOLATE : own
}

/** A text without overrides, and without an isolate that is not closed or was never opened. */
function balanced(text: string): string {
  if (text.search(UNWANTED) === -1) return text
  const signs = [...text]
  const open: number[] = []
  const dropped = new Set<number>()
  for (const [at, sign] of signs.entries()) {
    if (/[\u2066-\u2068]/u.test(sign)) open.push(at)
    else if (sign === POP_ISOLATE && open.pop() === undefined) dropped.add(at)
  }
  for (const at of open) dropped.add(at)
  return signs.filter((sign, at) => !dropped.has(at) && !/[\u202a-\u202e]/u.test(sign)).join('')
}

/** The direction of a text, by its first letter that has one. */
export function directionOf(text: string): 'ltr' | 'rtl' {
  const first = STRONG.exec(text)
  return first !== null && RIGHT_TO_LEFT.test(first[0]) ? 'rtl' : 'ltr'
}

/** What is not seen: joiners, fillers, blanks of no width. */
const INVISIBLE =
  /\p{Cf}|\u034f|\u115f|\u1160|\u17b4|\u17b5|[\u180b-\u180f]|\u2800|\u3164|\uffa0|[\ufe00-\ufe0f]/gu

/** Signs that look like Latin letters or like one another, by what they are taken for; lower case, unaccented. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map(
  [
    ['a', 'аαɑа'],
    ['b', 'вβьЬ'],
    ['c', 'сϲⅽ'],
    ['d', 'ԁɗ'],
    ['e', 'еεҽєэ'],
    ['f', 'ғƒ'],
    ['g', 'ɡց'],
    ['h', 'һнηհ'],
    ['j', 'јϳյ'],
    ['k', 'кκқ'],
    ['l', 'іιıӏi1|ǀℓіߊ'],
    ['m', 'мμ'],
    ['n', 'пνո'],
    ['o', 'оοօ0ס๐০'],
    ['p', 'рρ'],
    ['q', 'ԛգզ'],
    ['r', 'гɾ'],
    ['s', 'ѕꜱ5'],
    ['t', 'тτ'],
    ['u', 'υսц'],
    ['v', 'ѵ'],
    ['w', 'ԝωшѡ'],
    ['x', 'хχ'],
    ['y', 'уүγ'],
    ['z', 'ᴢ'],
  ].flatMap(([letter = '', signs = '']) => [...signs].map((sign) => [sign, letter] as const)),
)

/** What two names have in common that a reader may take for one: case, accents, blanks and look-alike letters away. */
export function foldName(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(INVISIBLE, '')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s\p{Cc}\p{Pd}._'’]+/gu, ' ')
    .trim()
  return [...plain].map((sign) => LOOKALIKES.get(sign) ?? sign).join('')
}

/** A name, and the username beside it where the name alone does not tell who it is. */
export interface PersonName {
  readonly name: string
  readonly handle?: string
  /** Which of those with this name it is, from 0: they get colours of their own. */
  readonly rank?: number
}

/** A username as it stands beside a name: `@alice2`. */
export function atName(username: string): string {
  return isolate(`@${username}`)
}

/** Both in one line, for the inside of a sentence: `Alice @alice2`. */
export function nameLine({ name, handle }: PersonName): string {
  return handle === undefined ? isolate(name) : `${isolate(name)} ${atName(handle)}`
}

const LETTER = /\p{L}/u

/** What somebody is called for short: the first word, where it says something; else the whole name. */
export function firstName(name: string): string {
  const [first = name, ...rest] = name.split(' ')
  if (rest.length === 0 || first.endsWith('.')) return name
  const letters = [...first].filter((sign) => LETTER.test(sign)).length
  return letters > 1 ? first : name
}
