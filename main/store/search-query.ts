import { type Word, wordsOf } from './search-words.ts'

/** Words and signs that stand one after the other. */
export interface Phrase {
  readonly words: readonly string[]
  /** The last word is the beginning of one. */
  readonly open: boolean
}

/** Phrases that must all occur; of each, one of its alternatives. */
export type SearchQuery = readonly (readonly Phrase[])[]

/** Most phrases of a query; what the user types beyond is ignored. */
const MAX_PHRASES = 16
const QUOTES = '"“”„‟″'
const QUOTED = `[${QUOTES}]([^${QUOTES}]*[^${QUOTES}\\s][^${QUOTES}]*)([${QUOTES}]?)`
const FILTERED = `(from|in|before|after|has|is):(?:[${QUOTES}]([^${QUOTES}]*)[${QUOTES}]?|(\\S*))`
const CHUNK = new RegExp(`${QUOTED}|${FILTERED}|\\S+`, 'giu')

const FILTERS = ['from', 'in', 'before', 'after', 'has', 'is'] as const
type FilterName = (typeof FILTERS)[number]

/** A part of what was typed: a text to look for, or a filter with its value. */
export type Chunk =
  | { readonly kind: 'text'; readonly text: string; readonly exact: boolean }
  | { readonly kind: 'filter'; readonly name: FilterName; readonly value: string }

/** Takes apart what was typed: what stands in quotes, filters, and else what stands between blanks. */
export function chunksOf(typed: string): Chunk[] {
  return [...typed.matchAll(CHUNK)].map(([whole, quoted, closing, filter, inQuotes, value]) => {
    const name = FILTERS.find((known) => known === filter?.toLowerCase())
    if (name !== undefined) return { kind: 'filter', name, value: (inQuotes ?? value ?? '').trim() }
    if (quoted === undefined) return { kind: 'text', text: whole, exact: false }
    return { kind: 'text', text: quoted, exact: closing !== '' }
  })
}

/**
 * Reads what the user typed. What stands between blanks is found as it is written, signs included, the last word as a
 * beginning; what stands in double quotes is found word for word. Empty when it holds nothing to look for. Filters are
 * passed over.
 */
export function parseQuery(typed: string): SearchQuery {
  return queryOf(chunksOf(typed))
}

/** The query of what was taken apart already; filters aside. */
export function queryOf(chunks: readonly Chunk[]): SearchQuery {
  const phrases = chunks.flatMap((chunk) => {
    if (chunk.kind === 'filter') return []
    const { text, exact } = chunk
    const words = wordsOf(text)
    const last = words.at(-1)
    if (last === undefined) return []
    return [[{ words: words.map((word) => word.folded), open: !exact && mayGoOn(last) }]]
  })
  return phrases.slice(0, MAX_PHRASES)
}

/** Of signs only emoji go on: with a skin. */
function mayGoOn({ kind, folded }: Word): boolean {
  return kind === 'word' || (kind === 'sign' && /^\p{Extended_Pictographic}/u.test(folded))
}

/** Texts with a link in them. */
export const LINK: readonly Phrase[] = ['http', 'https'].map((scheme) => ({
  words: [scheme, ':', '/', '/'],
  open: false,
}))

/** A query in the language of FTS5. Words hold no blank, and their quotes are doubled. */
export function matchExpression(query: SearchQuery): string {
  const phrase = ({ words, open }: Phrase): string =>
    `"${words.join(' ').replaceAll('"', '""')}"${open ? ' *' : ''}`
  return query.map((alternatives) => `(${alternatives.map(phrase).join(' OR ')})`).join(' AND ')
}

/** Whether a body matches, by the same rules as the index. */
export function matches(query: SearchQuery, body: string): boolean {
  const words = wordsOf(body)
  return query.every((phrases) => phrases.some((phrase) => occurrences(phrase, words).length > 0))
}

/** Places where a phrase stands: indexes of its first and last word. */
export function occurrences(
  phrase: Phrase,
  words: readonly Word[],
): { first: number; last: number }[] {
  const found: { first: number; last: number }[] = []
  const lastWord = phrase.words.length - 1
  for (let first = 0; first + lastWord < words.length; first += 1) {
    const fits = phrase.words.every((wanted, i) => {
      const present = words[first + i]?.folded ?? ''
      return phrase.open && i === lastWord ? present.startsWith(wanted) : present === wanted
    })
    if (fits) found.push({ first, last: first + lastWord })
  }
  return found
}
