import { occurrences, type SearchQuery } from './search-query.ts'
import { type Word, wordsOf } from './search-words.ts'

/** Words before the first match that a snippet shows. */
const WORDS_BEFORE = 6
/** Most that is shown before the first match, in UTF-16 code units; where no more is, all of it. */
const SHOWN_BEFORE = 60
/** Longest snippet, in UTF-16 code units. */
const SNIPPET_LENGTH = 160

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A piece of a snippet. */
export interface SnippetPiece {
  readonly text: string
  readonly match: boolean
}

/** The text around the first match, in pieces, with every match in it marked. No character is ever cut in two. */
export function snippet(query: SearchQuery, body: string): SnippetPiece[] {
  const words = wordsOf(body)
  const segments = graphemes.segment(body)
  const startOf = (at: number): number => segments.containing(at)?.index ?? at
  const endOf = (end: number): number => {
    const last = segments.containing(end - 1)
    return last === undefined ? end : last.index + last.segment.length
  }
  const hits = query
    .flatMap((phrases) => phrases.flatMap((phrase) => occurrences(phrase, words)))
    .sort((a, b) => a.first - b.first || b.last - a.last)
  const first = hits[0]?.first ?? 0
  const start = startOf(beginning(words, first))
  const end = cutAt(body, start, startOf)
  const pieces: SnippetPiece[] = start === 0 ? [] : [{ text: '… ', match: false }]
  let at = start
  for (const hit of hits) {
    const wordStart = words[hit.first]?.start ?? end
    if (wordStart >= end) break
    const from = startOf(wordStart)
    // What was cut short is as far a match as it is shown.
    const to = Math.min(endOf(words[hit.last]?.end ?? at), end)
    if (from < at) continue
    if (from > at) pieces.push({ text: body.slice(at, from), match: false })
    pieces.push({ text: body.slice(from, to), match: true })
    at = to
  }
  if (at < end) pieces.push({ text: body.slice(at, end), match: false })
  if (end < body.length) pieces.push({ text: ' …', match: false })
  return pieces
}

/** Where a snippet begins that shows the word at `first`. */
function beginning(words: readonly Word[], first: number): number {
  const match = words[first]?.start ?? 0
  if (match < SHOWN_BEFORE) return 0
  let start = match
  let left = WORDS_BEFORE
  for (let index = first - 1; index >= 0; index -= 1) {
    const word = words[index]
    if (word === undefined || word.kind === 'sign') continue
    if (match - word.start > SHOWN_BEFORE) break
    start = word.start
    left -= 1
    if (left === 0) break
  }
  return start
}

/** Where a snippet ends that begins at `start`; a character that is longer than a whole one is left out. */
function cutAt(body: string, start: number, startOf: (at: number) => number): number {
  const end = start + SNIPPET_LENGTH
  return end >= body.length ? body.length : startOf(end)
}
