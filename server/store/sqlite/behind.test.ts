import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Behind } from './behind.ts'

test('[V10] the table is read once, however often it is asked; what is committed and marked is known', () => {
  const database = new Database(':memory:')
  database.exec(`CREATE TABLE streams (id TEXT, relayed INTEGER, head INTEGER);
    INSERT INTO streams VALUES ('old', 1, 9), ('done', 4, 4)`)
  const behind = new Behind(database)
  const entries = (...seqs: number[]) => seqs.map((seq) => ({ seq, json: '{}' }))
  // Nobody asked yet: the table has it.
  behind.committed([{ stream: 'old', entries: entries(9), rewritten: [] }])
  expect(behind.first(10)).toEqual([{ stream: 'old', relayed: 1, head: 9 }])
  database.exec('DROP TABLE streams')
  behind.committed([
    { stream: 'done', entries: entries(5, 6), rewritten: [] },
    { stream: 'old', entries: [], rewritten: entries(3) },
  ])
  const done = { stream: 'done', relayed: 4, head: 6 }
  expect(behind.first(10)).toEqual([{ stream: 'old', relayed: 1, head: 9 }, done])
  behind.marked(new Map(Object.entries({ old: 9, done: 5, none: 3 })))
  expect(behind.first(10)).toEqual([{ ...done, relayed: 5 }])
  behind.marked(new Map([['done', 2]]))
  behind.committed([{ stream: 'old', entries: entries(10), rewritten: [] }])
  expect(behind.first(1)).toHaveLength(1)
  expect(behind.first(10)).toContainEqual({ stream: 'old', relayed: 9, head: 10 })
  database.close()
})
