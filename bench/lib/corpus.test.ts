import { expect, test } from 'vitest'
import { Corpus } from './corpus.ts'

test('the same seed gives the same texts, another one others', () => {
  const bodies = (seed: number) => {
    const corpus = new Corpus(seed, 500)
    return Array.from({ length: 20 }, () => corpus.body())
  }
  expect(bodies(1)).toEqual(bodies(1))
  expect(bodies(1)).not.toEqual(bodies(2))
})

test('a word that is twice as far down the list is about half as frequent', () => {
  const corpus = new Corpus(7, 1_000)
  const counts = new Map<string, number>()
  for (let draw = 0; draw < 200_000; draw += 1) {
    const word = corpus.word()
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const count = (rank: number) => counts.get(corpus.words[rank - 1] ?? '') ?? 0
  expect(count(1) / count(2)).toBeCloseTo(2, 0)
  expect(count(4) / count(8)).toBeCloseTo(2, 0)
})
