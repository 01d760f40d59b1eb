import { findsName, nameKeys, nameWords } from '../../protocol/text/names.ts'
import { foldCase } from './names.ts'
import { isStorableText } from './text.ts'

/** Longest word of a name that is kept; of a longer one only the beginning is looked at. */
const MAX_WORD = 48

/** How many index entries one question looks at, and how many people of these are put in order, at most. */
export const MAX_WORDS_READ = 5_000
export const MAX_PEOPLE_RANKED = 200

/** A range of texts: all that begin with `low`. */
interface Beginning {
  readonly low: string
  /** Beyond every text that begins with `low`. */
  readonly high: string
}

/** What is looked for when people are asked for by what was typed. */
export interface PeopleQuestion {
  /** The beginning of a whole name, as it is written. */
  readonly whole: Beginning
  /** The word that is the fewest people's; null when nothing was typed that is part of a word. */
  readonly word: Beginning | null
  /** All other words, each of which must begin one of the person's too. */
  readonly others: readonly string[]
}

/** The words at which a user is found: those of both names. They are kept in an index of their own. */
export function peopleWords(user: { username: string; displayName: string }): string[] {
  const keys = [...nameKeys(user.displayName), ...nameKeys(user.username)]
  return [...new Set(keys.map((key) => cut(key)))].filter(isStorableText)
}

/** Reads what was typed; null when no name can hold it. */
export function peopleQuestion(typed: string): PeopleQuestion | null {
  if (!isStorableText(typed)) return null
  const words = nameWords(typed).map((word) => cut(word))
  // A word that begins another one asks for nothing more; the longest is the rarest, as far as one can tell.
  const asked = words
    .filter((word, at) => !words.some((w, i) => i !== at && findsName([word], [w]) && w !== word))
    .sort((a, b) => b.length - a.length)
  const [first, ...others] = new Set(asked)
  return {
    whole: beginning(foldCase(typed)),
    word: first === undefined ? null : beginning(first),
    others,
  }
}

function beginning(low: string): Beginning {
  return { low, high: `${low}\u{10ffff}` }
}

/** The first letters of a word; never half of one. */
function cut(word: string): string {
  return word.slice(0, MAX_WORD).replace(/[\ud800-\udbff]$/u, '')
}
