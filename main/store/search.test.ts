import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ProfileStore } from './profile-store.ts'
import { found as foundIn } from './test-support/found.ts'
import { message } from './test-support/samples.ts'
import { StoreFixture } from './test-support/store-fixture.ts'

let fixture: StoreFixture
let store: ProfileStore

beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.store
})
afterEach(() => fixture.dispose())

const found = (query: string, limit = 10): number[] =>
  foundIn(store, query, limit).map((m) => m.seq)

describe('search', () => {
  test('finds by beginnings of words, newest first by time, whatever the order of arrival', () => {
    store.putMessage(message(3, { body: 'The harbour at night' }))
    store.putMessage(message(1, { body: 'harbours' }))
    store.putMessage(message(2, { body: 'Le HÂRBOUR' }))
    store.putMessage(message(4, { body: 'nothing' }))
    expect(found('harb')).toEqual([3, 2, 1])
    expect(found('harb', 2)).toEqual([3, 2])
    expect(found('harb night')).toEqual([3])
    expect(found('zzz')).toEqual([])
    expect(found('...')).toEqual([])
    expect(found('\u200b')).toEqual([4, 3, 2, 1])
  })

  test('an edited body is found by its new words only', () => {
    store.putMessage(message(1, { body: 'before' }))
    store.putMessage(message(1, { body: 'after', version: 2 }))
    expect(found('before')).toEqual([])
    expect(found('after')).toEqual([1])
  })

  test('a deleted body leaves the index, its words included', () => {
    store.putMessage(message(1, { body: 'verysecretword' }))
    const { body: _gone, ...rest } = message(1, { deletedAt: '2024-01-02T03:04:05.678Z' })
    store.putMessage(rest)
    expect(found('verysecret')).toEqual([])
    const db = new Database(fixture.file)
    db.exec('CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, message_words, row)')
    expect(db.prepare('SELECT term FROM temp.words').all()).toEqual([])
    expect(db.prepare('SELECT * FROM message_words_content').all()).toEqual([])
    db.close()
  })

  test('a tombstone that still carries a body is stored without it', () => {
    store.putMessage(message(1, { body: 'leak', deletedAt: '2024-01-02T03:04:05.678Z' }))
    expect(found('leak')).toEqual([])
    expect(store.messageById('m1')?.body).toBeUndefined()
  })

  test('[S6] what is written in one transaction makes one segment of the index', () => {
    store.transaction(() => {
      for (let seq = 1; seq <= 50; seq += 1) store.putMessage(message(seq))
    })
    const segments = fixture.beside((db) =>
      db.prepare('SELECT DISTINCT segid FROM message_words_idx').all(),
    )
    expect(segments).toHaveLength(1)
  })

  test('merging changes nothing that is found', () => {
    for (let seq = 1; seq <= 300; seq += 1) {
      store.transaction(() => store.putMessage(message(seq, { body: `word${seq % 7} and more` })))
    }
    const before = found('word3', 100)
    expect(store.needsMaintenance()).toBe(true)
    for (let step = 0; step < 50 && store.needsMaintenance(); step += 1) void store.maintain()
    expect(store.needsMaintenance()).toBe(false)
    expect(found('word3', 100)).toEqual(before)
  })
})
