import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PLACES_PER_MS } from './message-place.ts'
import {
  INSERT,
  KEYS_BETWEEN_QUERY,
  LOWEST_SINCE_QUERY,
  OWN_PAGE_QUERY,
  PAGE_QUERY,
  UNREAD_QUERY,
} from './messages-table.ts'
import type { ProfileStore } from './profile-store.ts'
import { found } from './test-support/found.ts'
import { message, uuid } from './test-support/samples.ts'
import { StoreFixture } from './test-support/store-fixture.ts'

let fixture: StoreFixture
let store: ProfileStore

beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.store
})
afterEach(() => fixture.dispose())

const page = (conversation: string, before: number | null, limit: number, from = 0) =>
  store.messagesPage(conversation, { from, before, limit })
const seqs = (messages: readonly { seq: number }[]): number[] => messages.map((m) => m.seq)

describe('messages', () => {
  const whole = message(3, {
    version: 4,
    editedAt: '2024-01-02T03:04:05.678Z',
    replyTo: 'm1',
    reactions: { '👍': ['a', 'b'], '🎉': ['a'] },
  })
  const { body: _body, key: _key, ...bare } = message(4)
  const tombstone = { ...bare, deletedAt: '2024-01-02T03:04:05.678Z' }

  test.each([
    ['plain', message(1)],
    ['with everything', whole],
    ['deleted, without key', tombstone],
  ])('%s: read back as written', (_, written) => {
    store.putMessage(written)
    expect(store.messageById(written.id)).toEqual(written)
    store.putMessage(written)
    expect(page('c1', null, 10).messages).toEqual([written])
  })

  test.each([
    ['plain', message(1)],
    ['with everything', whole],
    [
      'deleted, with a body that was told',
      { ...message(4), deletedAt: '2024-01-02T03:04:05.678Z' },
    ],
    ['with times of another precision', { ...whole, createdAt: '2024-01-02T03:04:05Z' }],
    ['with a key that is taken', message(5, { key: uuid(77) })],
  ])('%s: what is remembered is what is on disk', (_, written) => {
    store.putMessage(message(77))
    for (const version of [written.version, written.version + 1]) {
      store.putMessage({ ...written, version })
      const remembered = store.messageById(written.id)
      store = fixture.reopen()
      expect(store.messageById(written.id)).toEqual(remembered)
    }
  })

  test('[S1] what was rolled back is not remembered', () => {
    store.putMessage(message(1))
    const failing = () =>
      store.transaction(() => {
        store.putMessage(message(1, { body: 'undone' }))
        store.putMessage(message(2))
        throw new Error('undo')
      })
    expect(failing).toThrow('undo')
    expect(store.messageById('m1')?.body).toBe('message 1')
    expect([store.messageById('m2'), store.messageByKey(uuid(2))]).toEqual([null, null])
  })

  test('a millisecond that is full: the next ones of it are stored all the same', () => {
    const { createdAt } = message(1)
    const count = PLACES_PER_MS + 5
    store.transaction(() => {
      store.putMessage(message(1, { id: 'next', createdAt: '2023-11-14T22:13:21.001Z' }))
      for (let seq = 1; seq <= count; seq += 1) store.putMessage(message(seq, { createdAt }))
    })
    store = fixture.reopen()
    expect(page('c1', null, count + 2).messages).toHaveLength(count + 1)
    expect(found(store, `message ${count}`, 1)).toEqual([message(count, { createdAt })])
  })

  test('are found by key', () => {
    store.putMessage(message(1))
    expect(store.messageByKey(uuid(1))).toEqual(message(1))
    expect(store.messageByKey(uuid(2))).toBeNull()
  })

  test('a key that another message has is not taken from it', () => {
    store.putMessage(message(1))
    store.putMessage(message(2, { author: 'mallory', key: uuid(1) }))
    expect(store.messageByKey(uuid(1))?.id).toBe('m1')
    expect(store.messageById('m2')?.key).toBeUndefined()
    store.clearStream('c1', 0)
    store.putMessage(message(9, { key: uuid(1) }))
    expect(store.messageByKey(uuid(1))?.id).toBe('m9')
  })

  test('replies to a message', () => {
    store.putMessage(message(1))
    store.putMessage(message(2, { replyTo: 'm1' }))
    expect(seqs(store.repliesTo('m1', 5))).toEqual([2])
  })

  test('pages go from the newest down, whatever the order of arrival', () => {
    for (const seq of [5, 1, 4, 2, 3]) store.putMessage(message(seq))
    store.putMessage(message(9, { id: 'other', conversation: 'c2' }))
    expect(seqs(page('c1', null, 2).messages)).toEqual([5, 4])
    expect(seqs(page('c1', 4, 2).messages)).toEqual([3, 2])
    expect(seqs(page('c1', null, 9, 4).messages)).toEqual([5, 4])
    expect(page('c1', 2, 5)).toMatchObject({ messages: [message(1)], rows: 1, lowest: 1 })
    expect(page('unknown', null, 5)).toMatchObject({ messages: [], rows: 0, lowest: null })
  })

  test('one that cannot be read is left out of its page, and counted', () => {
    store.putMessage(message(1))
    store.putMessage(message(2))
    fixture.beside((db) => db.exec("UPDATE messages SET reactions = 'no json' WHERE id = 'm1'"))
    expect(page('c1', null, 5)).toEqual({
      messages: [message(2)],
      rows: 2,
      lowest: 1,
      unreadable: [expect.objectContaining({ id: 'm1', seq: 1 })],
    })
    expect(store.messageById('m1')).toBeNull()
  })

  test('many of the same millisecond keep their own places', () => {
    const createdAt = message(1).createdAt
    store.transaction(() => {
      for (let seq = 1; seq <= 3000; seq += 1) store.putMessage(message(seq, { createdAt }))
    })
    expect(page('c1', null, 5000).rows).toBe(3000)
  })

  test.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z'])(
    'a time of a hostile clock (%s) is kept',
    (createdAt) => {
      store.putMessage(message(1, { createdAt }))
      store.putMessage(message(2, { createdAt }))
      expect(Date.parse(store.messageById('m2')?.createdAt ?? '')).toBe(Date.parse(createdAt))
    },
  )

  test('unread: of others, above the marker, not deleted', () => {
    store.putMessage(message(1))
    store.putMessage(message(2))
    store.putMessage(message(3, { author: 'me' }))
    store.putMessage(message(4))
    store.putMessage(tombstone)
    store.putMessage(message(5))
    expect(store.countUnread('c1', 1, 'me')).toBe(2)
    expect(store.countUnread('c1', 0, 'me')).toBe(3)
    expect(store.countUnread('unknown', 0, 'me')).toBe(0)
  })

  test('own messages, a page at a time, and from where on a restored server may have lost them', () => {
    for (const seq of [1, 2, 3]) store.putMessage(message(seq, { author: 'me' }))
    store.putMessage(message(4))
    store.putMessage({ ...tombstone, id: 'm5', seq: 5, author: 'me' })
    const page = (before: number | null, limit: number) =>
      seqs(store.ownPage('c1', 'me', { from: 0, before, limit }).messages)
    expect(page(null, 2)).toEqual([3, 2])
    expect(page(2, 2)).toEqual([1])
    const second = Date.parse(message(2).createdAt)
    expect(store.lostAbove('c1', 1, null)).toBe(1)
    expect(store.lostAbove('c1', 900, second)).toBe(1)
    expect(store.lostAbove('c1', 900, second + 1)).toBe(2)
    expect(store.lostAbove('c1', 1, second + 1)).toBe(1)
    expect(store.lostAbove('c1', 900, second + 86_400_000)).toBe(900)
  })

  test('[S6] a cleared stream is empty at once, and swept away in small steps', () => {
    store.transaction(() => {
      for (let seq = 1; seq <= 450; seq += 1) store.putMessage(message(seq))
      store.putCursor('c1', { applied: 450, floor: 0 })
      store.setFetchedFrom('c1', 1)
    })
    store.transaction(() => store.clearStream('c1', 0))
    expect(page('c1', null, 10).rows).toBe(0)
    expect(store.messageById('m1')).toBeNull()
    expect(store.messageByKey(uuid(1))).toBeNull()
    expect(found(store, 'message', 10)).toEqual([])
    expect(store.loadCursors().size).toBe(0)
    expect(store.fetchedFrom('c1')).toBeNull()

    store.transaction(() => store.putMessage(message(7, { body: 'again' })))
    expect(found(store, 'again', 10)).toHaveLength(1)
    store = fixture.reopen()
    for (let step = 0; step < 20 && store.needsMaintenance(); step += 1) void store.maintain()
    const left = fixture.beside((db) => db.prepare('SELECT id FROM messages').all())
    expect(left).toEqual([{ id: 'm7' }])
    expect(page('c1', null, 10).messages).toEqual([message(7, { body: 'again' })])
  })

  test('how far history was fetched is kept', () => {
    store.setFetchedFrom('c1', 40)
    store = fixture.reopen()
    expect(store.fetchedFrom('c1')).toBe(40)
  })
})

describe('query plans: no scan of messages', () => {
  test.each([
    [
      'a page',
      PAGE_QUERY,
      [1, 0, 5, 10],
      /SEARCH m USING INDEX messages_by_seq \(log=\? AND seq>\? AND seq<\?\)/,
    ],
    [
      'unread',
      UNREAD_QUERY,
      [1, 5, 'me'],
      /USING COVERING INDEX messages_by_seq \(log=\? AND seq>\?\)/,
    ],
    [
      'own ones',
      OWN_PAGE_QUERY,
      [1, 'me', 5, 9, 50],
      /SEARCH m USING INDEX messages_by_seq \(log=\? AND seq>\? AND seq<\?\)/,
    ],
    [
      'keys between',
      KEYS_BETWEEN_QUERY,
      [1, 2, 5, 'me', 10],
      /SEARCH m USING INDEX messages_by_seq \(log=\? AND seq>\? AND seq<\?\)/,
    ],
    ['the lowest since', LOWEST_SINCE_QUERY, [5, 1], /SEARCH m USING INTEGER PRIMARY KEY/],
    [
      'an insertion',
      INSERT,
      [0, 1, 0, 'm', 1, 1, 'bob', 'k', 'body', 1, 0, null, null, null, null, null],
      /SEARCH messages USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/,
    ],
  ])('%s', (_, query, bound, expected) => {
    const plan = fixture.beside((db) =>
      db
        .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${query}`)
        .all(...bound)
        .map((row) => row.detail)
        .join('\n'),
    )
    expect(plan).toMatch(expected)
    expect(plan).not.toMatch(/SCAN m\b|SCAN messages|TEMP B-TREE/)
  })
})
