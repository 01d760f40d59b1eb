import { expect, test } from 'vitest'
import { isStale } from './lock.mjs'

const fresh = {
  holder: { host: 'here', pid: 7 },
  ageMs: 100,
  host: 'here',
  isAlive: (_pid: number) => true,
}

test('a lock whose holder lives and beats is held', () => {
  expect(isStale(fresh)).toBe(false)
})

test('a lock whose holder is gone is stale at once', () => {
  expect(isStale({ ...fresh, isAlive: () => false })).toBe(true)
})

test('another host’s process cannot be asked: only its heartbeat counts', () => {
  const elsewhere = { ...fresh, holder: { host: 'there', pid: 7 }, isAlive: () => false }
  expect(isStale(elsewhere)).toBe(false)
  expect(isStale({ ...elsewhere, ageMs: 61_000 })).toBe(true)
})

test('a holder that stopped beating, or whose file is damaged, loses the lock', () => {
  expect(isStale({ ...fresh, ageMs: 61_000 })).toBe(true)
  expect(isStale({ ...fresh, holder: undefined })).toBe(false)
  expect(isStale({ ...fresh, holder: undefined, ageMs: 61_000 })).toBe(true)
})
