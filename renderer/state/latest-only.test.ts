import { expect, test } from 'vitest'
import { createLatestOnly } from './latest-only.ts'

/** An asker whose questions are answered by hand. */
function byHand() {
  const asked: { question: string; answer: (answer: string) => void }[] = []
  const asker = createLatestOnly(
    (question: string) =>
      new Promise<string>((answer) => {
        asked.push({ question, answer })
      }),
  )
  return { asker, asked, questions: () => asked.map(({ question }) => question) }
}

test('the first question is asked at once', async () => {
  const { asker, asked, questions } = byHand()
  const answer = asker.ask('h')
  expect(questions()).toEqual(['h'])
  asked[0]?.answer('found')
  expect(await answer).toBe('found')
})

test('while one is answered the others wait, and only the newest of them is asked', async () => {
  const { asker, asked, questions } = byHand()
  const answers = [asker.ask('h'), asker.ask('ha'), asker.ask('har')]
  expect(questions()).toEqual(['h'])
  expect(await answers[1]).toBeNull()
  asked[0]?.answer('of h')
  expect(await answers[0]).toBe('of h')
  expect(questions()).toEqual(['h', 'har'])
  asked[1]?.answer('of har')
  expect(await answers[2]).toBe('of har')
})

test('what waits can be forgotten, and the next question is asked all the same', async () => {
  const { asker, asked, questions } = byHand()
  const answers = [asker.ask('h'), asker.ask('ha')]
  asker.drop()
  expect(await answers[1]).toBeNull()
  asked[0]?.answer('of h')
  expect(await answers[0]).toBe('of h')
  const answer = asker.ask('p')
  expect(questions()).toEqual(['h', 'p'])
  asked[1]?.answer('of p')
  expect(await answer).toBe('of p')
})
