import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProfileStore } from './profile-store.ts'
import { message, uuid } from './test-support/samples.ts'
import { StoreFixture } from './test-support/store-fixture.ts'

let fixture: StoreFixture
let store: ProfileStore

beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.store
})
afterEach(() => fixture.dispose())

const bob = { user: 'bob', joined: 1, delivered: 5, read: 3 }
const cat = { user: 'cat', joined: 4, delivered: 0, read: 0 }

describe('receipts', () => {
  test('[R2] are there again after a restart, the standing never lower', () => {
    store.transaction(() => {
      store.putReceipt('c1', cat)
      store.putReceipt('c1', { ...bob, read: 1 })
      store.putReceipt('c1', bob)
      store.putStanding('c1', { delivered: 5, read: 3 })
      store.putStanding('c1', { delivered: 4, read: 4 })
    })
    const again = fixture.reopen()
    expect(again.receipts('c1')).toEqual([bob, cat])
    expect(again.receipts('c2')).toEqual([])
    expect(again.standing('c1')).toEqual({ delivered: 5, read: 4 })
    expect(again.standing('c2')).toEqual({ delivered: 0, read: 0 })
  })

  test('[R2] go with the seqs that they are about, when a server was restored', () => {
    store.transaction(() => {
      for (const conversation of ['c1', 'c2']) {
        store.putReceipt(conversation, bob)
        store.putStanding(conversation, { delivered: 5, read: 3 })
      }
      store.clearStream('c1', 2)
    })
    expect(store.receipts('c1')).toEqual([])
    expect(store.standing('c1')).toEqual({ delivered: 0, read: 0 })
    expect(store.receipts('c2')).toEqual([bob])
    expect(store.standing('c2')).toEqual({ delivered: 5, read: 3 })
  })

  test('rows that make no sense are as if nothing was known', () => {
    store.transaction(() => store.putReceipt('c1', bob))
    fixture.beside((db) => {
      db.exec("INSERT INTO receipts VALUES ('c1', 'cat', 0, -5, 0)")
      db.exec("INSERT INTO standings VALUES ('c1', -1, 0)")
    })
    expect(store.receipts('c1')).toEqual([bob])
    expect(store.standing('c1')).toEqual({ delivered: 0, read: 0 })
  })
})

describe('keys of messages in a range', () => {
  const keys = (after: number, upTo: number, limit = 10, author = 'me') =>
    store.keysBetween('c1', author, { after, upTo }, limit)

  test('are those of one author, the newest first, as many as wanted', () => {
    store.transaction(() => {
      for (let seq = 1; seq <= 6; seq += 1) {
        store.putMessage(message(seq, { author: seq % 2 === 0 ? 'me' : 'bob' }))
      }
      store.putMessage(message(2, { id: 'other', conversation: 'c2', author: 'me', key: uuid(99) }))
      const { key: _none, ...keyless } = message(8, { author: 'me' })
      store.putMessage(keyless)
    })
    expect(keys(0, 6)).toEqual([uuid(6), uuid(4), uuid(2)])
    expect(keys(2, 4)).toEqual([uuid(4)])
    expect(keys(0, 9, 2)).toEqual(['m8', uuid(6)])
    expect(keys(4, 2)).toEqual([])
    expect(keys(0, 6, 10, 'bob')).toEqual([uuid(5), uuid(3), uuid(1)])
    expect(store.keysBetween('nowhere', 'me', { after: 0, upTo: 9 }, 10)).toEqual([])
  })
})
