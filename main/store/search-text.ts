/**
 * What the search compares: words without case, accents and punctuation. One function makes them for the index, the
 * query and the marks in a snippet, so that these never disagree.
 *
 * Scripts written without spaces (Han, kana, Thai …) are taken letter by letter: a run of them is found as a phrase.
 */

/** A word as it is compared, and where it stands in the text (UTF-16 code units, `end` exclusive). */
export interface Word {
  readonly folded: string
  readonly start: number
  readonly end: number
}

const UNSPACED =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}'
const WORD = new RegExp(`[${UNSPACED}]\\p{M}*|(?:(?![${UNSPACED}])[\\p{L}\\p{N}\\p{M}])+`, 'gu')
const UNSPACED_LETTER = new RegExp(`^[${UNSPACED}]`, 'u')

/** The words of a text, in order. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = []
  for (const match of text.matchAll(WORD)) {
    const folded = fold(match[0])
    if (folded === '') continue
    words.push({ folded, start: match.index, end: match.index + match[0].length })
  }
  return words
}

/** The text that is indexed for a body. */
export function indexedText(body: string): string {
  return PLAIN.test(body) ? plainText(body) : foldedText(body)
}

const PLAIN = /^\p{ASCII}*$/u
const PLAIN_WORDS = /[a-z0-9]+/g

/** The same as foldedText for what is ASCII alone, which is most of what is written, and far faster. */
function plainText(body: string): string {
  return body.toLowerCase().match(PLAIN_WORDS)?.join(' ') ?? ''
}

/** Works for every script; exported so that the shortcut can be held against it. */
export function foldedText(body: string): string {
  return wordsOf(body)
    .map((word) => word.folded)
    .join(' ')
}

/** What was asked for: phrases that must all occur, the last word of each as a beginning. */
export type SearchQuery = readonly (readonly string[])[]

/** Most phrases of a query; what the user types beyond is ignored. */
const MAX_PHRASES = 16

/** Reads what the user typed. Empty when it holds no word. */
export function parseQuery(typed: string): SearchQuery {
  const phrases: string[][] = []
  let last: Word | null = null
  for (const word of wordsOf(typed)) {
    const joins = last?.end === word.start && isUnspaced(last.folded) && isUnspaced(word.folded)
    if (joins) phrases.at(-1)?.push(word.folded)
    else phrases.push([word.folded])
    last = word
  }
  return phrases.slice(0, MAX_PHRASES)
}

/** A query in the language of FTS5. Folded words hold letters and digits only, so that quoting is safe. */
export function matchExpression(query: SearchQuery): string {
  return query.map((phrase) => `"${phrase.join(' ')}" *`).join(' AND ')
}

/** Whether a body matches, by the same rules as the index. */
export function matches(query: SearchQuery, body: string): boolean {
  const words = wordsOf(body)
  return query.length > 0 && query.every((phrase) => occurrences(phrase, words).length > 0)
}

/** Words before the first match that a snippet shows. */
const WORDS_BEFORE = 6
/** Longest snippet, in UTF-16 code units. */
const SNIPPET_LENGTH = 160

/** The text around the first match, in pieces, with every match in it marked. */
export function snippet(query: SearchQuery, body: string): { text: string; match: boolean }[] {
  const words = wordsOf(body)
  const hits = query
    .flatMap((phrase) => occurrences(phrase, words))
    .sort((a, b) => a.first - b.first || b.last - a.last)
  const first = hits[0]?.first ?? 0
  const startWord = words[Math.max(0, first - WORDS_BEFORE)]
  const isWhole = first <= WORDS_BEFORE
  const start = isWhole ? 0 : (startWord?.start ?? 0)
  const end = cutAt(body, start + SNIPPET_LENGTH)
  const pieces = isWhole ? [] : [{ text: '… ', match: false }]
  let at = start
  for (const hit of hits) {
    const from = words[hit.first]?.start ?? at
    const to = words[hit.last]?.end ?? at
    if (from < at || to > end) continue
    if (from > at) pieces.push({ text: body.slice(at, from), match: false })
    pieces.push({ text: body.slice(from, to), match: true })
    at = to
  }
  if (at < end) pieces.push({ text: body.slice(at, end), match: false })
  if (end < body.length) pieces.push({ text: ' …', match: false })
  return pieces
}

/** Places where a phrase stands: indexes of its first and last word. */
function occurrences(
  phrase: readonly string[],
  words: readonly Word[],
): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = []
  const lastWord = phrase.length - 1
  for (let first = 0; first + lastWord < words.length; first += 1) {
    const fits = phrase.every((wanted, i) => {
      const present = words[first + i]?.folded ?? ''
      return i === lastWord ? present.startsWith(wanted) : present === wanted
    })
    if (fits) found.push({ first, last: first + lastWord })
  }
  return found
}

/** The nearest place at or before `end` that splits no surrogate pair. */
function cutAt(text: string, end: number): number {
  if (end >= text.length) return text.length
  const code = text.charCodeAt(end)
  return code >= 0xdc00 && code <= 0xdfff ? end - 1 : end
}

function fold(word: string): string {
  return word
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function isUnspaced(folded: string): boolean {
  return UNSPACED_LETTER.test(folded)
}
