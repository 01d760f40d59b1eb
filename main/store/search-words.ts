import { foldText } from '../../protocol/text/fold.ts'

/**
 * What the search compares: words, and signs as they are written. One function takes texts apart for the index, the
 * query and the marks in a snippet, so that these never disagree.
 *
 * Scripts written without spaces (Han, kana, Thai …) are taken letter by letter, marks with their letter: a run of them
 * is found as a phrase. So is Hangul, whose words grow at both ends. Signs and emoji are taken one by one.
 */

/** A word or sign as it is compared, and where it stands in the text (UTF-16 code units, `end` exclusive). */
export interface Word {
  readonly folded: string
  /** What is looked for may be the beginning of a `word`; a `sign` or single `letter` is that one and no other. */
  readonly kind: 'word' | 'letter' | 'sign'
  readonly start: number
  readonly end: number
}

const SCRIPTS = [
  ...['Han', 'Hira', 'Kana', 'Hang', 'Bopo', 'Yiii'].map((script) => `\\p{scx=${script}}`),
  ...['Thai', 'Lao', 'Khmr', 'Mymr', 'Java', 'Bali', 'Lana', 'Talu', 'Tale'].map(
    (script) => `\\p{Script=${script}}`,
  ),
].join('')
/** What belongs to the letter before it: marks, the half-width ones of kana too, and what is never seen. */
const TAIL = '[\\p{M}\\p{DI}\\uFF9E\\uFF9F]*'
/** A syllable of Hangul that is written as its parts. */
const JAMO = '[\\u1100-\\u115E\\uA960-\\uA97C]+[\\u1161-\\u11A7\\uD7B0-\\uD7C6]*'
const JAMO_END = '[\\u11A8-\\u11FF\\uD7CB-\\uD7FB]*'
const UNSPACED = `(?!\\p{DI})(?=[${SCRIPTS}])[\\p{L}\\p{N}]`
const LETTER = `(?:${JAMO}|${UNSPACED})${JAMO_END}${TAIL}`
const WORD = `(?:(?!\\p{DI})(?![${SCRIPTS}])[\\p{L}\\p{N}]${TAIL})+`
/** A flag is two letters of its own alphabet; an emoji is one with its skin, and each part of a joined one is one. */
const SIGN =
  '\\p{RI}{2}|(?![\\p{Z}\\p{Cc}\\p{Cs}\\p{DI}])[^\\p{L}\\p{N}][\\p{M}\\p{DI}\\p{Emoji_Modifier}]*'
const TOKEN = new RegExp(`(${LETTER})|(${WORD})|${SIGN}`, 'gu')
const SIGNS_ONLY = /^[\p{P}\p{S}]{2,}$/u
const BLANK = /\s+/gu

/** The words and signs of a text, in order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = []
  for (const match of text.matchAll(TOKEN)) {
    const [whole, letter, word] = match
    const folded = foldText(whole).replace(BLANK, '')
    const place = { start: match.index, end: match.index + whole.length }
    if (letter !== undefined) words.push({ folded, kind: 'letter', ...place })
    else if (word !== undefined) words.push({ folded, kind: 'word', ...place })
    // One sign that stands for several (… for ...) is compared as these.
    else if (whole.length < folded.length && SIGNS_ONLY.test(folded)) {
      for (const sign of folded) words.push({ folded: sign, kind: 'sign', ...place })
    } else words.push({ folded, kind: 'sign', ...place })
  }
  return words.filter(({ folded }) => folded !== '')
}

/** The text that is indexed for a body: its words and signs with blanks between them. */
export function indexedText(body: string): string {
  return ASCII.test(body) ? plainText(body) : foldedWords(body)
}

const ASCII = /^\p{ASCII}*$/u
const ASCII_WORDS = /[a-z0-9]+|[!-/:-@[-`{-~]/g

/** The same as foldedWords for what is ASCII alone, which is most of what is written, and far faster. */
function plainText(body: string): string {
  return body.toLowerCase().match(ASCII_WORDS)?.join(' ') ?? ''
}

/** Works for every script; exported so that the shortcut can be held against it. */
export function foldedWords(body: string): string {
  return wordsOf(body)
    .map((word) => word.folded)
    .join(' ')
}
