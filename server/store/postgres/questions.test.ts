import pg from 'pg'
import { expect, test } from 'vitest'
import { StoreUnavailable } from '../store.ts'
import type { Statement } from './connection.ts'
import { Questions } from './questions.ts'

const STATEMENT: Statement = { name: 'any', text: 'SELECT 1' }

/** A pool whose answers a test gives, one by one, in the order of the questions. */
function scriptedPool() {
  const asked: { answer(rows: object[]): void; fail(error: Error): void }[] = []
  const pool = new pg.Pool()
  Object.assign(pool, {
    query: () =>
      new Promise((resolve, reject) => {
        asked.push({ answer: (rows) => resolve({ rows }), fail: reject })
      }),
  })
  return { pool, asked }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('no more questions travel at once than there are connections, and the others follow in order', async () => {
  const { pool, asked } = scriptedPool()
  const questions = new Questions(pool, 2)
  const answers = [1, 2, 3, 4].map(() => questions.again(STATEMENT, []))
  expect(asked).toHaveLength(2)
  asked[1]?.answer([{ n: 'second' }])
  await settled()
  expect(asked).toHaveLength(3)
  asked[0]?.answer([{ n: 'first' }])
  asked[2]?.answer([{ n: 'third' }])
  await settled()
  asked[3]?.answer([{ n: 'fourth' }])
  const rows = await Promise.all(answers)
  expect(rows.flat()).toEqual(['first', 'second', 'third', 'fourth'].map((n) => ({ n })))
})

test('a connection that was lost is met by one more, and not by a third', async () => {
  const { pool, asked } = scriptedPool()
  const questions = new Questions(pool, 1)
  const healed = questions.again(STATEMENT, [])
  asked[0]?.fail(new Error('lost'))
  await settled()
  asked[1]?.answer([{ n: 1 }])
  expect(await healed).toEqual([{ n: 1 }])

  const gone = questions.again(STATEMENT, [])
  asked[2]?.fail(new Error('lost'))
  await settled()
  asked[3]?.fail(new Error('lost again'))
  await expect(gone).rejects.toBeInstanceOf(StoreUnavailable)
})

test('what must not be done twice is asked once, and its failure gives the turn to the next', async () => {
  const { pool, asked } = scriptedPool()
  const questions = new Questions(pool, 1)
  const failing = questions.once(STATEMENT, [])
  const next = questions.once(STATEMENT, [])
  asked[0]?.fail(new Error('lost'))
  await expect(failing).rejects.toBeInstanceOf(StoreUnavailable)
  asked[1]?.answer([])
  expect(await next).toEqual([])
  expect(asked).toHaveLength(2)
})
