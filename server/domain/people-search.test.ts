import { expect, test } from 'vitest'
import { FOLD_VERSION } from '../../protocol/text/fold.ts'
import { peopleQuestion, peopleWords } from './people-search.ts'

test('[F24] a person is kept under the words of both names, each once and none longer than a bound', () => {
  const words = peopleWords({
    username: 'kovacs.lk',
    displayName: `László Kovács ${'x'.repeat(60)}`,
  })
  expect(words.toSorted()).toEqual(['kovacs', 'laszlo', 'lk', 'x'.repeat(48)])
})

test('[F24] words that ask for nothing more are left out, the rarest is looked for first', () => {
  const question = peopleQuestion('a anna kovacs an')
  expect(question?.word?.low).toBe('kovacs')
  expect(question?.others).toEqual(['anna'])
  expect(peopleQuestion('%')?.word).toBe(null)
  expect(peopleQuestion('nul\0')).toBe(null)
})

test('[F24] the stored words are of this folding: another one needs a migration that makes them anew', () => {
  expect(FOLD_VERSION).toBe(2)
})
