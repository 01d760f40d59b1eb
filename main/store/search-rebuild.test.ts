import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { initial } from './migrations/001-initial.ts'
import { receipts } from './migrations/002-receipts.ts'
import { openStore } from './open-store.ts'
import type { ProfileStore } from './profile-store.ts'
import { found } from './test-support/found.ts'
import { message } from './test-support/samples.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const MESSAGES = 450

let folder: ReturnType<typeof temporaryFolder>
let file: string
let store: ProfileStore

beforeEach(() => {
  folder = temporaryFolder()
  file = `${folder.path}/ferry.db`
})
afterEach(() => {
  store.close()
  folder.remove()
})

/** A profile of the version before: its index knows no marks and no signs. */
function makeOldProfile(): void {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.exec(initial.up)
  db.exec(receipts.up)
  db.pragma('user_version = 2')
  db.exec("INSERT INTO logs (id, conversation) VALUES (1, 'c1')")
  const put = db.prepare(`
    INSERT INTO messages (place, id, log, seq, author, key, body, version, created_at)
    VALUES (?, ?, 1, ?, 'bob', NULL, ?, 1, ?)`)
  const index = db.prepare('INSERT INTO message_search (rowid, words) VALUES (?, ?)')
  for (let seq = 1; seq <= MESSAGES; seq += 1) {
    const { id, createdAt } = message(seq)
    const at = Date.parse(createdAt)
    put.run(at * 1024, id, seq, `message ${seq} ${seq % 10 === 0 ? 'コーヒー C++' : 'c'}`, at)
    index.run(at * 1024, `message ${seq} secretword`)
  }
  db.close()
}

function open(): void {
  const opened = openStore(file, () => 42)
  if (!opened.ok) throw opened.error
  store = opened.store
}

const seqs = (typed: string, limit = 1_000): number[] =>
  found(store, typed, limit).map(({ seq }) => seq)
const tens = Array.from({ length: MESSAGES / 10 }, (_, i) => MESSAGES - i * 10)

/** Steps until nothing is left to do; `between` is called after each. */
function maintain(between: () => void = () => undefined): number {
  let steps = 0
  for (; store.needsMaintenance() && steps < 500; steps += 1) {
    void store.maintain()
    between()
  }
  return steps
}

describe('[S6] [F10] a profile of the version before', () => {
  test('is searched right from the start, and all through the filling of its index', () => {
    makeOldProfile()
    open()
    const check = () => {
      expect(seqs('コーヒー')).toEqual(tens)
      expect(seqs('"c++"', 3)).toEqual([450, 440, 430])
      expect(seqs('message 1')).toHaveLength(111)
    }
    check()
    expect(maintain(check)).toBeGreaterThan(5)
    expect(store.needsMaintenance()).toBe(false)
    expect(seqs('message')).toHaveLength(MESSAGES)
  })

  test('shows what is edited and deleted meanwhile as it is now', () => {
    makeOldProfile()
    open()
    let seq = MESSAGES
    maintain(() => {
      seq -= 60
      if (seq < 1) return
      const { body: _gone, ...rest } = message(seq, { deletedAt: '2024-01-02T03:04:05.678Z' })
      store.putMessage(rest)
      store.putMessage(message(seq - 1, { body: 'edited', version: 2 }))
      expect(seqs(`"message ${seq}"`)).toEqual([])
      expect(seqs('edited')).toContain(seq - 1)
    })
    expect(seqs('message 390')).toEqual([])
    expect(seqs('message 389')).toEqual([])
    expect(seqs('edited').length).toBeGreaterThan(5)
    expect(seqs('edited')[0]).toBe(389)
  })

  test('leaves nothing of the old index, and does not begin anew after a kill', () => {
    makeOldProfile()
    open()
    for (let step = 0; step < 6; step += 1) void store.maintain()
    store.close()
    open()
    expect(seqs('コーヒー')).toEqual(tens)
    maintain()
    store.close()
    open()
    expect(store.needsMaintenance()).toBe(false)
    const db = new Database(file)
    expect(
      db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'message_search%'").all(),
    ).toEqual([])
    expect(db.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }])
    db.close()
    expect(seqs('secretword')).toEqual([])
  })

  test('a new one has nothing to fill', () => {
    open()
    expect(store.needsMaintenance()).toBe(false)
    store.putMessage(message(1, { body: 'C++' }))
    expect(seqs('c++')).toEqual([1])
  })
})
