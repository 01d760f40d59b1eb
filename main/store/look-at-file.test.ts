import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseVersion, migrate } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { openStore } from './open-store.ts'
import type { StorageReason } from './storage-error.ts'
import { message, send } from './test-support/samples.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

let folder: ReturnType<typeof temporaryFolder>
let file: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'ferry.db')
})
afterEach(() => folder.remove())

/** A profile with something in it, killed: all that was written since stands in the log. */
function killedProfile(): void {
  const living = join(folder.path, 'living.db')
  const opened = openStore(living, () => 42)
  if (!opened.ok) throw opened.error
  const { store } = opened
  store.transaction(() => {
    for (let i = 1; i <= 60; i += 1) store.putOperation(send(i, { body: 'x'.repeat(2_000) }))
  })
  for (const part of ['', '-wal']) writeFileSync(file + part, readFileSync(living + part))
  store.close()
  for (const part of ['', '-wal', '-shm']) rmSync(living + part, { force: true })
}

/** All that is in the folder, byte by byte. */
function everything(): Record<string, string> {
  const names = readdirSync(folder.path).sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder.path, name)
      const isFile = lstatSync(path).isFile()
      return [name, isFile ? readFileSync(path).toString('base64') : 'no file']
    }),
  )
}

function expectLeftAlone(reason: StorageReason): void {
  const before = everything()
  expect(openStore(file, () => 42)).toMatchObject({ ok: false, error: { reason } })
  expect(everything()).toEqual(before)
}

describe('[F8] what cannot be used is told as what it is, and not a byte of it is touched', () => {
  test('an empty database with its log beside it', () => {
    killedProfile()
    truncateSync(file, 0)
    expectLeftAlone('corrupt')
  })

  test('an empty database alone', () => {
    writeFileSync(file, '')
    expectLeftAlone('corrupt')
  })

  test('a log whose database is gone', () => {
    killedProfile()
    rmSync(file)
    expectLeftAlone('corrupt')
  })

  test.each([1, 15, 99])('a database of which %d bytes are left, with its log', (bytes) => {
    killedProfile()
    truncateSync(file, bytes)
    expectLeftAlone('corrupt')
  })

  test('a database filled with NUL, with its log', () => {
    killedProfile()
    writeFileSync(file, Buffer.alloc(statSync(file).size))
    expectLeftAlone('corrupt')
  })

  test('a damaged page of the outbox, with more in the log', () => {
    const opened = openStore(file, () => 42)
    if (!opened.ok) throw opened.error
    opened.store.transaction(() => {
      for (let i = 1; i <= 500; i += 1)
        opened.store.putOperation(send(i, { body: 'x'.repeat(300) }))
    })
    opened.store.close()
    const db = new Database(file)
    const pages = "SELECT pageno FROM dbstat WHERE name = 'outbox' AND pagetype = 'leaf' LIMIT 1"
    const page = Number(db.prepare(pages).pluck().get())
    const size = Number(db.pragma('page_size', { simple: true }))
    db.pragma('wal_autocheckpoint = 0')
    db.exec("INSERT INTO settings (name, value) VALUES ('late', '1')")
    const log = readFileSync(`${file}-wal`)
    db.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, (page - 1) * size, page * size)
    writeFileSync(file, bytes)
    writeFileSync(`${file}-wal`, log)
    expectLeftAlone('corrupt')
  })

  test('a letter', () => {
    writeFileSync(file, 'Dear Ferry, '.repeat(500))
    expectLeftAlone('corrupt')
  })

  test('a folder, and a folder where its log should be', () => {
    mkdirSync(file)
    expectLeftAlone('foreign')
    rmSync(file, { recursive: true })
    killedProfile()
    rmSync(`${file}-wal`)
    mkdirSync(`${file}-wal`)
    expectLeftAlone('foreign')
  })

  test('a link to nothing', () => {
    symlinkSync(join(folder.path, 'nothing'), file)
    expectLeftAlone('foreign')
  })

  test.each(['DELETE', 'WAL'])('a database of another program (journal_mode=%s)', (mode) => {
    const db = new Database(file)
    db.pragma(`journal_mode = ${mode}`)
    db.exec("CREATE TABLE bookmarks (url TEXT); INSERT INTO bookmarks VALUES ('ferry')")
    db.close()
    expectLeftAlone('foreign')
  })

  test('a database that another program marked as its own, with tables named as ours', () => {
    const db = new Database(file)
    migrate(db, MIGRATIONS)
    db.pragma('application_id = 1234')
    db.close()
    expectLeftAlone('foreign')
  })

  test('a newer one, told by its log alone', () => {
    killedProfile()
    const db = new Database(file)
    db.pragma('user_version = 999')
    const [main, log] = [readFileSync(file), readFileSync(`${file}-wal`)]
    db.close()
    writeFileSync(file, main)
    writeFileSync(`${file}-wal`, log)
    expectLeftAlone('newer_version')
  })

  test('one that another program holds', () => {
    killedProfile()
    const db = new Database(file)
    db.pragma('locking_mode = EXCLUSIVE')
    db.exec("INSERT INTO settings (name, value) VALUES ('held', '1')")
    expect(openStore(file, () => 42)).toMatchObject({ ok: false, error: { reason: 'read_only' } })
    db.close()
    expect(existsSync(file)).toBe(true)
  })
})

describe('[F8] a new profile', () => {
  test('gets its name once it is whole, and is marked as ours', () => {
    writeFileSync(`${file}.new`, 'left by a kill')
    const opened = openStore(file, () => 42)
    if (!opened.ok) throw opened.error
    const bytes = readFileSync(file)
    expect(bytes.readInt32BE(68)).toBe(0x46657279)
    expect(bytes.readInt32BE(60)).toBe(MIGRATIONS.length)
    expect(existsSync(`${file}.new`)).toBe(false)
    opened.store.close()
  })

  test('one of before the mark is known by its tables, and marked from then on', () => {
    const db = new Database(file)
    migrate(db, MIGRATIONS.slice(0, 2))
    db.close()
    const opened = openStore(file, () => 42)
    if (!opened.ok) throw opened.error
    opened.store.transaction(() => opened.store.putMessage(message(1)))
    opened.store.close()
    expect(readFileSync(file).readInt32BE(68)).toBe(0x46657279)
    const after = new Database(file)
    expect(databaseVersion(after)).toBe(MIGRATIONS.length)
    after.close()
  })

  test('one that stands elsewhere, by a link, is used there', () => {
    killedProfile()
    const elsewhere = join(folder.path, 'elsewhere')
    mkdirSync(elsewhere)
    for (const part of ['', '-wal']) {
      writeFileSync(join(elsewhere, `ferry.db${part}`), readFileSync(file + part))
      rmSync(file + part)
    }
    symlinkSync(join(elsewhere, 'ferry.db'), file)
    const opened = openStore(file, () => 42)
    if (!opened.ok) throw opened.error
    expect(opened.store.loadOutbox().operations).toHaveLength(60)
    opened.store.close()
  })
})
