import { statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Operation } from '../sync/operation.ts'
import type { ProfileStore } from './profile-store.ts'
import { message, send, uuid } from './test-support/samples.ts'
import { StoreFixture } from './test-support/store-fixture.ts'

let fixture: StoreFixture
let store: ProfileStore

beforeEach(() => {
  fixture = new StoreFixture()
  store = fixture.store
})
afterEach(() => fixture.dispose())

const seqs = (messages: readonly { seq: number }[]): number[] => messages.map((m) => m.seq)

describe('outbox', () => {
  const target = { key: uuid(1), id: 'm1' }
  const base = { conversation: 'c1', createdAt: 5, attempts: 2, mayHaveArrived: true }
  const operations: Operation[] = [
    send(1, { replyTo: { key: 'm0', id: null } }),
    {
      ...base,
      kind: 'edit',
      key: uuid(2),
      ordinal: 2,
      target,
      body: 'b',
      baseVersion: null,
      status: { state: 'unconfirmed' },
    },
    { ...base, kind: 'delete', key: uuid(3), ordinal: 3, target, status: { state: 'queued' } },
    {
      ...base,
      kind: 'react',
      key: uuid(4),
      ordinal: 4,
      target,
      emoji: '👍',
      on: true,
      status: {
        state: 'waiting',
        retry: 2,
        at: 99,
        delayMs: 4000,
        failure: { code: 'unavailable', message: 'm', retryAfterMs: 3 },
      },
    },
    {
      ...base,
      kind: 'read',
      key: uuid(5),
      ordinal: 5,
      seq: 7,
      status: { state: 'failed', failure: { code: 'too_large', size: { bytes: 2, limit: 1 } } },
    },
    {
      ...base,
      kind: 'edit',
      key: uuid(6),
      ordinal: 6,
      target,
      body: 'c',
      baseVersion: 3,
      status: { state: 'conflict', mine: 'c', theirs: 'd', theirVersion: 4 },
    },
  ]

  test('[O1, O7] every kind and state is read back as it was written, by ordinal', () => {
    store.transaction(() => {
      for (const operation of [...operations].reverse()) store.putOperation(operation)
    })
    store = fixture.reopen()
    expect(store.loadOutbox()).toEqual({ operations, unreadable: [] })
  })

  test('[O11] what was on the line is unconfirmed after a restart', () => {
    store.putOperation(send(1, { mayHaveArrived: true, status: { state: 'sending' } }))
    expect(store.loadOutbox().operations[0]?.status).toEqual({ state: 'unconfirmed' })
  })

  test('[O2] the same key replaces its row', () => {
    store.putOperation(send(1))
    store.putOperation(send(1, { body: 'other' }))
    expect(store.loadOutbox().operations).toEqual([send(1, { body: 'other' })])
    store.removeOperation(uuid(1))
    store.removeOperation(uuid(1))
    expect(store.loadOutbox().operations).toEqual([])
  })

  test.each([
    ['that is no JSON', "record = 'no json'"],
    ['of another kind', `record = '{"kind":"shout"}'`],
    ['without a field', `record = json_remove(record, '$.body')`],
    ['with a key that is none', "key = 'k'"],
  ])('[O9] a row %s is told apart, and stays', (_, damage) => {
    store.putOperation(send(1))
    store.putOperation(send(2))
    fixture.beside((db) => db.exec(`UPDATE outbox SET ${damage} WHERE ordinal = 1`))
    const { operations: readable, unreadable } = store.loadOutbox()
    expect(readable).toEqual([send(2)])
    expect(unreadable).toEqual([
      {
        key: damage.startsWith('key') ? 'k' : uuid(1),
        ordinal: 1,
        conversation: 'c1',
        createdAt: 1_700_000_000_000,
      },
    ])
    expect(fixture.beside((db) => db.prepare('SELECT count(*) AS n FROM outbox').get())).toEqual({
      n: 2,
    })
    store.removeOperation(unreadable[0]?.key ?? '')
    expect(store.loadOutbox().unreadable).toEqual([])
  })

  test('[O9] a row whose conversation is none', () => {
    store.putOperation(send(1))
    fixture.beside((db) => db.exec("UPDATE outbox SET conversation = '?'"))
    expect(store.loadOutbox().unreadable[0]).toMatchObject({ key: uuid(1), conversation: null })
  })
})

describe('transactions', () => {
  test('[S1] all of it or nothing, what is known in memory included', () => {
    const broken = () =>
      store.transaction(() => {
        store.putMessage(message(1))
        store.putCursor('c1', { applied: 1, floor: 0 })
        store.putOperation(send(1))
        throw new Error('in between')
      })
    expect(broken).toThrow('in between')
    expect(store.messageById('m1')).toBeNull()
    expect(store.loadCursors().size).toBe(0)
    store.transaction(() => store.putMessage(message(2)))
    expect(seqs(store.messagesPage('c1', { from: 0, before: null, limit: 10 }).messages)).toEqual([
      2,
    ])
  })
})

describe('the write-ahead log', () => {
  /** Texts of a megabyte, each in a transaction of its own. */
  const write = (count: number) => {
    for (let i = 0; i < count; i += 1) {
      store.transaction(() =>
        store.putDraft(`c${i}`, { body: 'x'.repeat(1024 * 1024), about: null }),
      )
    }
  }
  const databaseSize = () => statSync(fixture.file).size

  test('[S6] is copied between commits, not within one', () => {
    const before = databaseSize()
    write(6)
    expect(databaseSize()).toBe(before)
    expect(store.needsMaintenance()).toBe(true)
    void store.maintain()
    expect(databaseSize()).toBeGreaterThan(before + 6 * 1024 * 1024)
    expect(store.needsMaintenance()).toBe(false)
  })

  test('[V7] is copied within a commit when nothing else does', () => {
    const before = databaseSize()
    write(17)
    expect(databaseSize()).toBeGreaterThan(before + 16 * 1024 * 1024)
  })
})

describe('cursors', () => {
  test('[S1] are kept by stream', () => {
    store.putCursor('c1', { applied: 5, floor: 2 })
    store.putCursor('c1', { applied: 6, floor: 2 })
    store.putCursor('user:u1', { applied: 1, floor: 0 })
    expect(store.loadCursors()).toEqual(
      new Map([
        ['c1', expect.objectContaining({ applied: 6, floor: 2 })],
        ['user:u1', expect.objectContaining({ applied: 1, floor: 0 })],
      ]),
    )
  })
})

describe('conversations, users, drafts, settings', () => {
  const record = {
    conversation: {
      id: 'c1',
      kind: 'group' as const,
      title: 'Harbour',
      members: [
        {
          user: 'me',
          role: 'owner' as const,
          profile: { id: 'me', username: 'me', displayName: 'Me' },
        },
        { user: 'bob', role: 'member' as const },
      ],
    },
    member: true,
    readUpTo: 5,
  }

  test('a conversation, and the names of its members', () => {
    store.putConversation(record)
    expect(store.conversation('c1')).toEqual({
      ...record,
      conversation: {
        ...record.conversation,
        members: [
          { user: 'me', role: 'owner' },
          { user: 'bob', role: 'member' },
        ],
      },
    })
    expect(store.users()).toEqual([{ id: 'me', username: 'me', displayName: 'Me' }])
    expect(store.conversation('c2')).toBeNull()
    expect(store.conversations()).toMatchObject([{ record: { readUpTo: 5 }, knownSince: 42 }])
  })

  test('the read marker only grows, unless the server lost what was read', () => {
    store.putConversation(record)
    store.putConversation({ ...record, readUpTo: 3 })
    expect(store.conversation('c1')?.readUpTo).toBe(5)
    store.clearStream('c1', 2)
    expect(store.conversation('c1')?.readUpTo).toBe(2)
    store.clearStream('c1', 4)
    expect(store.conversation('c1')?.readUpTo).toBe(2)
  })

  test('[O9] one that cannot be read is told as such, to be asked for again', () => {
    store.putConversation(record)
    fixture.beside((db) => db.exec("UPDATE conversations SET members = '{'"))
    expect(store.conversations()).toMatchObject([
      { record: { conversation: { id: 'c1', members: [] } }, isDamaged: true },
    ])
    expect(store.conversation('c1')).toBeNull()
  })

  test('drafts are kept until they are empty', () => {
    store.putDraft('c1', { body: 'half a sen', about: null })
    store.putDraft('c2', { body: 'x', about: null })
    store.putDraft('c2', { body: '', about: null })
    expect(store.drafts()).toEqual(new Map([['c1', { body: 'half a sen', about: null }]]))
  })

  test('settings and secrets', () => {
    const account = {
      user: { id: 'me', username: 'me', displayName: 'Me' },
      server: { kind: 'remote' as const, url: 'http://x' },
      session: 'signed-in' as const,
      limits: { editWindowMs: 1, maxBodyBytes: 2 },
    }
    expect(store.setting('account')).toBeNull()
    store.putSetting('account', account)
    store.putSecret('token', new Uint8Array([1, 2, 3]))
    expect(store.setting('account')).toEqual(account)
    expect(new Uint8Array(store.secret('token') ?? [])).toEqual(new Uint8Array([1, 2, 3]))
    store.putSetting('account', null)
    store.putSecret('token', null)
    expect(store.setting('account')).toBeNull()
    expect(store.secret('token')).toBeNull()
  })

  test('a setting that does not fit its schema is as good as none', () => {
    store.putSetting('device', 'd')
    fixture.beside((db) => db.exec("UPDATE settings SET value = '5' WHERE name = 'device'"))
    expect(store.setting('device')).toBeNull()
  })
})
