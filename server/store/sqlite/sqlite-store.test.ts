import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CommittedStream } from '../../domain/stream-entry.ts'
import { makeCommand } from '../../test-support/make-command.ts'
import { type StoreOptions, StoreUnavailable } from '../store.ts'
import { SqliteAccounts } from './accounts.ts'
import { createChangeWriter } from './change-writers.ts'
import { createFactReaders } from './fact-readers.ts'
import { GroupCommit } from './group-commit.ts'
import { MIGRATIONS, migrate, SchemaTooNew } from './migrate.ts'
import { DATABASE_FILE, FolderInUse, openDatabase } from './open-database.ts'
import { SqliteReads } from './reads.ts'
import { StreamNumbers } from './stream-numbers.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-sqlite-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the schema', () => {
  test('every step leads from the version before to its own, and is applied once', () => {
    const database = new Database(join(folder, 'x.db'))
    for (const { version } of MIGRATIONS) {
      migrate(database, MIGRATIONS.slice(0, version))
      expect(database.pragma('user_version', { simple: true })).toBe(version)
    }
    migrate(database)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
  })

  test('003: members of the version before stay, with marks that claim nothing', () => {
    const database = new Database(join(folder, 'x.db'))
    database.pragma('foreign_keys = OFF')
    migrate(database, MIGRATIONS.slice(0, 2))
    database.exec(`INSERT INTO memberships (conversation, user, role, seq, read_up_to)
      VALUES ('c', 'ann', 'owner', 1, 5), ('c', 'bob', NULL, 3, 2)`)
    migrate(database, MIGRATIONS.slice(0, 3))
    expect(database.prepare('SELECT * FROM memberships ORDER BY user').all()).toMatchObject([
      { user: 'ann', role: 'owner', seq: 1, read_up_to: 5, delivered_up_to: 0, joined: 0 },
      { user: 'bob', role: null, seq: 3, read_up_to: 2, delivered_up_to: 0, joined: 0 },
    ])
    database.close()
  })

  test('[V19] 004: users who look alike already stay, and the first of them holds the look', () => {
    const database = new Database(join(folder, 'x.db'))
    migrate(database, MIGRATIONS.slice(0, 3))
    const insert = database.prepare(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       VALUES (?, ?, ?, '', '', '', ?)`,
    )
    for (const [i, name] of ['a1ice', 'alice', 'аlice', 'bob'].entries()) {
      insert.run(`u${i}`, name, name, 9 - i)
    }
    migrate(database, MIGRATIONS.slice(0, 4))
    expect(database.prepare('SELECT * FROM username_looks ORDER BY look').all()).toEqual([
      { look: 'alice', user: 'u2' },
      { look: 'bob', user: 'u3' },
    ])
    expect(database.prepare('SELECT count(*) FROM users').pluck().get()).toBe(4)
    database.close()
  })

  test('[F24] 005: people who are there already are found by every word of their names', () => {
    const database = new Database(join(folder, 'x.db'))
    migrate(database, MIGRATIONS.slice(0, 4))
    database.exec(
      `INSERT INTO users (id, username, username_key, display_name, display_key, password_hash, created_at)
       VALUES ('u1', 'lk', 'lk', 'László Kovács', 'lászló kovács', '', 1)`,
    )
    migrate(database, MIGRATIONS.slice(0, 5))
    expect(database.prepare('SELECT word FROM name_words ORDER BY word').pluck().all()).toEqual([
      'kovacs',
      'laszlo',
      'lk',
    ])
    database.close()
  })

  test('a step that fails leaves what was there', () => {
    const database = new Database(join(folder, 'x.db'))
    const next = MIGRATIONS.length + 1
    const broken = { version: next, sql: 'CREATE TABLE extra (x); CREATE TABLE extra (x);' }
    expect(() => migrate(database, [...MIGRATIONS, broken])).toThrow('extra')
    expect(database.pragma('user_version', { simple: true })).toBe(next - 1)
    expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'extra'").get()).toBe(
      undefined,
    )
    database.close()
  })

  test('a database of a newer version is left alone', () => {
    openDatabase(folder).close()
    const database = new Database(join(folder, DATABASE_FILE))
    database.pragma(`user_version = ${MIGRATIONS.length + 1}`)
    database.close()
    expect(() => openDatabase(folder)).toThrow(SchemaTooNew)
  })

  test('[V4] keys that were recorded by an older version are still known', () => {
    const database = new Database(join(folder, 'x.db'))
    migrate(database, MIGRATIONS.slice(0, 1))
    database.exec(`
      INSERT INTO streams (id) VALUES ('c1'), ('user:ann'), ('user:bob');
      INSERT INTO keys (user, key, op, fingerprint, reply, stream, seq) VALUES
        ('bob', x'01', 'send', x'aa', NULL, 1, 7), ('ann', x'01', 'edit', x'bb', '{}', NULL, NULL)`)
    migrate(database)
    const rows = database.prepare('SELECT * FROM keys ORDER BY user').all()
    const [key, aa, bb] = ['01', 'aa', 'bb'].map((hex) => Buffer.from(hex, 'hex'))
    expect(rows).toEqual([
      { user: 2, key, op: 'edit', fingerprint: bb, reply: '{}', stream: null, seq: null },
      { user: 3, key, op: 'send', fingerprint: aa, reply: null, stream: 1, seq: 7 },
    ])
    database.close()
  })

  test('one server at a time', () => {
    const first = openDatabase(folder)
    expect(() => openDatabase(folder)).toThrow(FolderInUse)
    first.close()
    openDatabase(folder).close()
  })

  test('[V3] commits are on the disk when they return; deleted text does not linger', () => {
    const { database, close } = openDatabase(folder)
    const pragma = (name: string) => database.pragma(name, { simple: true })
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('secure_delete')]).toEqual([
      'wal',
      2,
      1,
    ])
    close()
  })
})

/** A database with one conversation of ann's, and a way to fill its disk. */
function setUp() {
  const { database, close } = openDatabase(folder)
  const told: CommittedStream[][] = []
  const commits: number[] = []
  const options: StoreOptions = {
    now: () => 1_700_000_000_000,
    editWindowMs: 60_000,
    onCommitted: (committed) => told.push([...committed]),
    observer: { committed: (batch) => commits.push(batch.commands) },
  }
  const numbers = new StreamNumbers(database)
  const group = new GroupCommit(
    database,
    {
      readFacts: createFactReaders(database, numbers),
      write: createChangeWriter(database, numbers),
      onUndone: () => numbers.forget(),
    },
    options,
  )
  const accounts = new SqliteAccounts(database)
  return {
    ...{ database, close, told, commits, group, accounts, reads: new SqliteReads(database) },
    start: async (): Promise<string> => {
      await accounts.createUser({
        id: 'ann',
        username: 'ann',
        usernameKey: 'ann',
        looks: ['ann'],
        displayName: 'Ann',
        passwordHash: 'x',
        createdAt: 1,
      })
      const command = makeCommand('conversation.create', 'ann', { kind: 'group', members: [] })
      await group.submit(command)
      return command.freshId
    },
    /** Lets the file grow by so many more pages. */
    leaveRoom: (pages: number) => {
      const used = Number(database.pragma('page_count', { simple: true }))
      database.pragma(`max_page_count = ${used + pages}`)
    },
  }
}

const send = (conversation: string, body: string) =>
  makeCommand('send', 'ann', { conversation, body }, 1)

test('[V2] the number of a stream that was undone is not remembered', () => {
  const { database, close } = openDatabase(folder)
  const numbers = new StreamNumbers(database)
  const insert = database.prepare('INSERT INTO streams (id) VALUES (?)')
  database.exec('BEGIN')
  insert.run('undone')
  insert.run('again')
  expect([numbers.of('undone'), numbers.of('again')]).toEqual([1, 2])
  database.exec('ROLLBACK')
  numbers.forget()
  insert.run('again')
  expect(numbers.of('again')).toBe(1)
  expect(() => numbers.of('undone')).toThrow('no such stream')
  close()
})

describe('group commit', () => {
  test('[V3] what arrives in one turn shares a commit, up to a bound', async () => {
    const { group, commits, start, close, told } = setUp()
    const conversation = await start()
    commits.length = 0
    told.length = 0
    await Promise.all(
      Array.from({ length: 300 }, (_, i) => group.submit(send(conversation, `${i}`))),
    )
    expect(commits).toEqual([256, 44])
    expect(told.map((batch) => batch.map(({ entries }) => entries.length))).toEqual([[256], [44]])
    commits.length = 0
    const large = 'x'.repeat(16 * 1024)
    await Promise.all(Array.from({ length: 80 }, () => group.submit(send(conversation, large))))
    expect(Math.max(...commits)).toBeLessThan(40)
    close()
  })

  test('a full disk is unavailable for what does not fit; what comes later is not affected', async () => {
    const { group, start, leaveRoom, close, reads, told } = setUp()
    const conversation = await start()
    leaveRoom(3)
    told.length = 0
    const commands = Array.from({ length: 6 }, (_, i) =>
      send(conversation, `${i}${'x'.repeat(8 * 1024)}`),
    )
    const results = await Promise.allSettled(commands.map((command) => group.submit(command)))
    const failed = results.filter(({ status }) => status === 'rejected')
    expect(failed.length).toBeGreaterThan(0)
    for (const result of failed) {
      expect(result).toMatchObject({ reason: expect.any(StoreUnavailable) })
    }
    const done = results.length - failed.length
    const seqs = () => told.flat().flatMap(({ entries }) => entries.map(({ seq }) => seq))
    expect(seqs()).toHaveLength(done)

    leaveRoom(1_000)
    const again = await Promise.all(commands.map((command) => group.submit(command)))
    expect(again.every(({ ok }) => ok)).toBe(true)
    expect((await reads.heads([conversation])).get(conversation)).toBe(7)
    expect(seqs()).toEqual([2, 3, 4, 5, 6, 7])
    close()
  })

  test('a defect in one command undoes nothing of its neighbours', async () => {
    const { group, database, start, close, reads, told } = setUp()
    const conversation = await start()
    told.length = 0
    database.exec(`CREATE TEMP TRIGGER broken BEFORE INSERT ON messages
      WHEN new.seq = 3 BEGIN SELECT raise(ABORT, 'broken'); END`)
    const results = await Promise.allSettled(
      ['one', 'two'].map((body) => group.submit(send(conversation, body))),
    )
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
    database.exec('DROP TRIGGER broken')
    await group.submit(send(conversation, 'three'))
    const page = await reads.entriesAfter({
      stream: conversation,
      after: 1,
      limit: 9,
      maxBytes: 9e9,
    })
    expect(page.entries.map(({ json }) => JSON.parse(json).message.body)).toEqual(['one', 'three'])
    expect(told.flat().flatMap(({ entries }) => entries.map(({ seq }) => seq))).toEqual([2, 3])
    close()
  })

  test('[V2] a seq that is not the next one is never written', async () => {
    const { database, start, close } = setUp()
    const stream = await start()
    const write = createChangeWriter(database, new StreamNumbers(database))
    const sink = { appended: () => undefined, rewritten: () => undefined }
    const append = (seq: number) => () => {
      const event = {
        seq,
        at: '',
        by: 'ann',
        type: 'conversation.left',
        conversation: 'c',
      } as const
      write([{ type: 'event.append', stream, at: 1, message: null, event }], sink)
    }
    expect(append(1)).toThrow('not the next')
    expect(append(3)).toThrow('not the next')
    append(2)()
    expect(append(2)).toThrow('not the next')
    close()
  })
})

test('a deleted body is in no part of the file any more', async () => {
  const { group, database, start, close, reads } = setUp()
  const conversation = await start()
  const secret = 'a-secret-that-is-long-enough-to-be-found'
  const command = send(conversation, secret.repeat(300))
  await group.submit(command)
  for (let i = 0; i < 50; i++) await group.submit(send(conversation, `around ${i}`))
  await group.submit(makeCommand('delete', 'ann', { message: command.freshId }, 1))
  database.pragma('wal_checkpoint(TRUNCATE)')
  const file = database.serialize()
  expect(file.includes('around 49')).toBe(true)
  expect(file.includes('secret-that-is-long')).toBe(false)
  expect(await reads.heads([conversation])).toEqual(new Map([[conversation, 53]]))
  close()
})

describe('query plans', () => {
  test.each([
    [
      'a page of a stream',
      'SELECT seq, type, data FROM events WHERE stream = ? AND seq > ? ORDER BY seq LIMIT ?',
    ],
    ['a conversation', 'SELECT id FROM conversations WHERE id = ?'],
    ['a pair', 'SELECT id FROM conversations WHERE direct_key = ?'],
    ['a member', 'SELECT role FROM memberships WHERE conversation = ? AND user = ?'],
    [
      'whose conversations',
      'SELECT conversation FROM memberships WHERE user = ? AND role IS NOT NULL',
    ],
    ['a message', 'SELECT * FROM messages WHERE id = ?'],
    ['a key', 'SELECT * FROM keys WHERE user = ? AND key = ?'],
    ['a session', 'SELECT * FROM sessions WHERE token_hash = ?'],
    ['a name', 'SELECT * FROM users WHERE username_key >= ? AND username_key < ?'],
    ['a display name', 'SELECT * FROM users WHERE display_key >= ? AND display_key < ?'],
  ])('%s is found by an index, in order', (_, sql) => {
    const { database, close } = openDatabase(folder)
    const parameters = [...sql].filter((char) => char === '?').map(() => 'x')
    const plan = database
      .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters)
    for (const { detail } of plan) expect(detail).toMatch(/^SEARCH/)
    close()
  })
})
