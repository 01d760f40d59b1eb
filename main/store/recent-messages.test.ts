import { expect, test } from 'vitest'
import { MAX_RECENT, RecentMessages } from './recent-messages.ts'
import { message, uuid } from './test-support/samples.ts'

test('[S6] what was written last is found by id and by key', () => {
  const recent = new RecentMessages()
  recent.put(message(1))
  expect(recent.byId('m1')).toEqual(message(1))
  expect(recent.byKey(uuid(1))).toEqual(message(1))
  expect([recent.byId('m2'), recent.byKey(uuid(2))]).toEqual([null, null])
})

test('a message replaces the one with its id, and its key with it', () => {
  const recent = new RecentMessages()
  recent.put(message(1))
  recent.put(message(1, { key: uuid(9), body: 'new' }))
  expect(recent.byId('m1')?.body).toBe('new')
  expect(recent.byKey(uuid(9))?.body).toBe('new')
  expect(recent.byKey(uuid(1))).toBeNull()
})

test('[V7] no more than a bound is kept; the one that was written first goes', () => {
  const recent = new RecentMessages()
  for (let seq = 1; seq <= MAX_RECENT; seq += 1) recent.put(message(seq))
  recent.put(message(1, { body: 'again' }))
  recent.put(message(MAX_RECENT + 1))
  expect(recent.byId('m2')).toBeNull()
  expect(recent.byKey(uuid(2))).toBeNull()
  expect(recent.byId('m1')?.body).toBe('again')
  expect(recent.byId(`m${MAX_RECENT + 1}`)).not.toBeNull()
})

test('nothing is left when it is cleared', () => {
  const recent = new RecentMessages()
  recent.put(message(1))
  recent.clear()
  expect([recent.byId('m1'), recent.byKey(uuid(1))]).toEqual([null, null])
})
