/**
 * Texts of an invented language whose words are as unevenly used as those of a real one: the n-th most frequent word
 * makes up 1/n of what the first does (Zipf). The same seed gives the same texts.
 */
export class Corpus {
  /** All words, the most frequent first. */
  readonly words: readonly string[]
  readonly #random: () => number
  /** Sums of the weights of `words`. */
  readonly #sums: Float64Array

  constructor(seed: number, vocabulary: number) {
    this.#random = randomFrom(seed)
    const words = new Set<string>()
    while (words.size < vocabulary) words.add(this.#invent(words.size))
    this.words = [...words]
    this.#sums = new Float64Array(vocabulary)
    let sum = 0
    for (let rank = 1; rank <= vocabulary; rank += 1) {
      sum += 1 / rank
      this.#sums[rank - 1] = sum
    }
  }

  /** A message as people write them in a chat: mostly a few words, sometimes many. */
  body(): string {
    const length = 2 + Math.floor(-Math.log(1 - this.#random()) * MEAN_WORDS)
    const words = Array.from({ length: Math.min(length, MOST_WORDS) }, () => this.word())
    const [first = '', ...others] = words
    return `${first.charAt(0).toUpperCase()}${[first.slice(1), ...others].join(' ')}.`
  }

  /** A word, the frequent ones more often. */
  word(): string {
    const wanted = this.#random() * (this.#sums.at(-1) ?? 0)
    let [low, high] = [0, this.#sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return this.words[low] ?? ''
  }

  /** A whole number from 0 to `below` - 1. */
  draw(below: number): number {
    return Math.floor(this.#random() * below)
  }

  /** Frequent words are short. */
  #invent(rank: number): string {
    const syllables = 1 + this.draw(rank < 100 ? 2 : 4)
    return Array.from({ length: syllables }, () => this.#syllable()).join('')
  }

  #syllable(): string {
    return `${this.#one(ONSETS)}${this.#one(VOWELS)}${this.#one(CODAS)}`
  }

  #one(of: readonly string[]): string {
    return of[this.draw(of.length)] ?? ''
  }
}

const MEAN_WORDS = 9
const MOST_WORDS = 120
const ONSETS = 'b c d f g h j l m n p r s t v w br ch cl dr fl gr pl pr sh st th tr'.split(' ')
const VOWELS = 'a e i o u a e i ea ou'.split(' ')
const CODAS = ['', '', '', 'l', 'n', 'r', 's', 't', 'm', 'd', 'ck', 'ng']

/** Numbers from 0 to 1 (exclusive), by mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
