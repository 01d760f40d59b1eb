import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseVersion, migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { openStore } from './open-store.ts'
import type { ProfileStore } from './profile-store.ts'
import { SqliteStore } from './sqlite-store.ts'
import { StorageError } from './storage-error.ts'
import { message, send } from './test-support/samples.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

let folder: ReturnType<typeof temporaryFolder>
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'ferry.db')
})
afterEach(() => folder.remove())

function opened(): ProfileStore {
  const result = openStore(file, () => 42)
  if (!result.ok) throw result.error
  return result.store
}

describe('opening', () => {
  test('[O1] a new database is durable: write-ahead log, synchronous=FULL, private to the user', () => {
    const store = opened()
    store.transaction(() => store.putOperation(send(1)))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(`${file}-wal`).mode & 0o077).toBe(0)
    store.close()
    const db = new Database(file)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    db.close()
  })

  test('makes the folder of the profile where there is none', () => {
    file = join(folder.path, 'a', 'b', 'ferry.db')
    opened().close()
    expect(statSync(file).isFile()).toBe(true)
  })

  test('what was written is there again', () => {
    const first = opened()
    first.transaction(() => first.putMessage(message(1)))
    first.close()
    const second = opened()
    expect(second.messageById('m1')).toEqual(message(1))
    second.close()
  })
})

describe('a database that cannot be used is told and left as it is', () => {
  test('one of a newer program', () => {
    opened().close()
    const db = new Database(file)
    db.pragma('user_version = 999')
    db.close()
    const before = readFileSync(file)
    expect(openStore(file, () => 42)).toMatchObject({
      ok: false,
      error: { reason: 'newer_version' },
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('a file that is none', () => {
    writeFileSync(file, 'this is not a database, it is a letter '.repeat(500))
    const before = readFileSync(file)
    expect(openStore(file, () => 42)).toMatchObject({ ok: false, error: { reason: 'corrupt' } })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('[O9] a damaged page of the outbox', () => {
    const store = opened()
    store.transaction(() => {
      for (let i = 1; i <= 500; i += 1) store.putOperation(send(i, { body: 'x'.repeat(300) }))
    })
    store.close()
    const db = new Database(file)
    const { pageno } = db
      .prepare<[], { pageno: number }>(
        "SELECT pageno FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf' LIMIT 1 OFFSET 3",
      )
      .get() ?? { pageno: 0 }
    const pageSize = Number(db.pragma('page_size', { simple: true }))
    db.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, (pageno - 1) * pageSize, pageno * pageSize)
    writeFileSync(file, bytes)
    expect(openStore(file, () => 42)).toMatchObject({ ok: false, error: { reason: 'corrupt' } })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })

  test('our version number over another schema', () => {
    const db = new Database(file)
    db.exec('CREATE TABLE outbox (key TEXT)')
    db.pragma(`user_version = ${MIGRATIONS.length}`)
    db.close()
    expect(openStore(file, () => 42)).toMatchObject({ ok: false, error: { reason: 'foreign' } })
  })
})

describe('a disk that is full', () => {
  test('[O1] the transaction fails whole, and what was there stays', () => {
    const db = new Database(file)
    migrate(db, MIGRATIONS)
    const store = new SqliteStore(db, () => 42)
    store.transaction(() => store.putOperation(send(1)))
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 2}`)
    const writeMuch = () =>
      store.transaction(() => {
        store.putMessage(message(1))
        for (let i = 2; i < 100; i += 1) store.putOperation(send(i, { body: 'x'.repeat(4000) }))
      })
    expect(writeMuch).toThrow(StorageError)
    expect(writeMuch).toThrow(expect.objectContaining({ reason: 'disk_full' }))
    expect(store.loadOutbox().operations).toEqual([send(1)])
    expect(store.messageById('m1')).toBeNull()
    db.pragma('max_page_count = 1000000')
    store.transaction(() => store.putMessage(message(1)))
    expect(store.messageById('m1')).toEqual(message(1))
    store.close()
  })
})

describe('migrations', () => {
  test('are numbered 1, 2, 3 … and end at the newest', () => {
    expect(MIGRATIONS.map((m) => m.version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
    const db = new Database(':memory:')
    migrate(db, MIGRATIONS)
    expect(databaseVersion(db)).toBe(MIGRATIONS.length)
    migrate(db, MIGRATIONS)
    expect(databaseVersion(db)).toBe(MIGRATIONS.length)
  })

  test('002: a profile of the version before keeps its rows, and claims nothing of receipts', () => {
    const db = new Database(file)
    migrate(db, MIGRATIONS.slice(0, 1))
    db.exec(`
      INSERT INTO conversations VALUES ('c1', 'group', 'Old', '[]', 1, 4, 9);
      INSERT INTO cursors VALUES ('c1', 7, 0);`)
    db.close()
    const store = opened()
    expect(store.conversation('c1')).toMatchObject({ readUpTo: 4 })
    expect(store.loadCursors().get('c1')).toMatchObject({ applied: 7, floor: 0 })
    expect(store.receipts('c1')).toEqual([])
    expect(store.standing('c1')).toEqual({ delivered: 0, read: 0 })
    store.close()
  })

  test('a step that fails leaves the version before it', () => {
    const db = new Database(':memory:')
    const steps = [
      { version: 1, up: 'CREATE TABLE a (x)' },
      { version: 2, up: 'CREATE TABLE b (x); CREATE TABLE a (x)' },
    ]
    expect(() => migrate(db, steps)).toThrow('already exists')
    expect(databaseVersion(db)).toBe(1)
    expect(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()).toEqual([
      { name: 'a' },
    ])
  })
})
