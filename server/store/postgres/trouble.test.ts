import pg from 'pg'
import { expect, test } from 'vitest'
import { StoreUnavailable } from '../store.ts'
import { DatabaseTrouble, type Trouble, toStoreError, troubleOf } from './trouble.ts'

function databaseError(code: string): pg.DatabaseError {
  const error = new pg.DatabaseError('words that nothing may depend on', 0, 'error')
  error.code = code
  return error
}

const table: readonly (readonly [string, Trouble])[] = [
  ['40001', 'contention'],
  ['40P01', 'contention'],
  ['55P03', 'contention'],
  ['23505', 'contention'],
  ['08006', 'connection'],
  ['57P01', 'connection'],
  ['57P02', 'connection'],
  ['57P03', 'connection'],
  ['25P03', 'connection'],
  ['53100', 'unavailable'],
  ['53300', 'unavailable'],
  ['57014', 'unavailable'],
  ['58030', 'unavailable'],
  ['25006', 'unavailable'],
  ['28P01', 'unavailable'],
  ['3D000', 'unavailable'],
  ['42601', 'defect'],
  ['22021', 'defect'],
  ['23503', 'defect'],
]

test.each(table)('SQLSTATE %s is %s', (code, trouble) => {
  expect(troubleOf(databaseError(code))).toBe(trouble)
})

test('what has no SQLSTATE is a failure of the connection', () => {
  expect(troubleOf(new Error('anything'))).toBe('connection')
  expect(troubleOf(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toBe('connection')
})

test('callers see StoreUnavailable with its cause, and a defect as it is', () => {
  const full = databaseError('53100')
  const seen = toStoreError(new DatabaseTrouble(full))
  expect(seen).toBeInstanceOf(StoreUnavailable)
  expect(seen).toHaveProperty('cause', full)
  const wrong = databaseError('42601')
  expect(toStoreError(new DatabaseTrouble(wrong))).toBe(wrong)
  const other = new TypeError('not of the database')
  expect(toStoreError(other)).toBe(other)
})
