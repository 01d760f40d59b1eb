import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, expect, test } from 'vitest'
import type { Results } from '../../protocol/ipc/api.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench

afterEach(() => bench.dispose())

/** Overwrites leaf pages of a table or an index, of those that come after the first `skip`. */
function breakPages(name: string, skip: number, count: number): void {
  const db = new Database(bench.database)
  db.pragma('wal_checkpoint(TRUNCATE)')
  const pages = db
    .prepare<[string, number, number], number>(
      "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT ? OFFSET ?",
    )
    .pluck()
    .all(name, count, skip)
  const size = Number(db.pragma('page_size', { simple: true }))
  db.close()
  expect(pages.length).toBeGreaterThan(0)
  const bytes = readFileSync(bench.database)
  for (const page of pages) bytes.fill(0xff, (page - 1) * size, page * size)
  writeFileSync(bench.database, bytes)
}

/** What can be seen of a conversation by going up to its beginning, or as far as one gets; oldest first. */
async function allBodies(conversation: string): Promise<string[]> {
  const bodies: string[] = []
  let before: number | null = null
  for (;;) {
    const request = { conversation, limit: 50, ...(before === null ? {} : { before }) }
    const answer: Results['getMessages'] = await bench.act(
      bench.engine.handlers.getMessages(request),
    )
    if (!answer.ok) return bodies
    bodies.unshift(...answer.value.messages.map(({ body }) => body ?? ''))
    const seqs = answer.value.messages.flatMap(({ seq }) => seq ?? [])
    if (seqs.length === 0) return bodies
    before = Math.min(...seqs)
  }
}

const asideFolders = () => readdirSync(join(bench.folder.path, 'set-aside'))

test('[F19] damaged pages of old messages: all else stays, and they come from the server again', async () => {
  bench = new TestBench()
  const { conversation, bob } = await bench.signedIn()
  for (let i = 1; i <= 120; i += 1)
    bench.server.send(bob, conversation, `told ${i} ${'x'.repeat(200)}`)
  await bench.time.advance(1_000)
  bench.line.down()
  await bench.send(conversation, 'still waiting')
  await bench.act(
    bench.engine.handlers.saveDraft({ conversation, body: 'half a thought', about: null }),
  )
  bench.abandon()
  breakPages('messages', 2, 2)
  await bench.restart()
  expect((await bench.state()).storage).toEqual({ status: 'ok' })
  // Looked at as far as it goes without the server: what is newer than the damage is here.
  await allBodies(conversation)
  expect((await allBodies(conversation)).at(-2)).toContain('told 120')
  const state = await bench.state()
  expect(state).toMatchObject({
    session: { status: 'signed-in' },
    storage: { status: 'ok' },
    outbox: { waiting: 1, failed: 0 },
    notice: { kind: 'data_set_aside', lost: 0 },
  })
  expect(asideFolders()).toHaveLength(1)
  bench.line.up()
  await bench.time.advance(60_000)
  expect(bench.server.bodies(conversation).at(-1)).toBe('still waiting')
  const bodies = await allBodies(conversation)
  expect(bodies).toHaveLength(121)
  expect(new Set(bodies).size).toBe(121)
})

test('[F19] a damaged index of search or of messages is mended in the same way', async () => {
  bench = new TestBench()
  const { conversation, bob } = await bench.signedIn()
  for (let i = 1; i <= 120; i += 1) bench.server.send(bob, conversation, `told ${i}`)
  await bench.time.advance(1_000)
  bench.abandon()
  breakPages('messages_by_seq', 0, 1)
  await bench.restart()
  await bench.time.advance(60_000)
  expect(await bench.state()).toMatchObject({
    storage: { status: 'ok' },
    connection: { status: 'online' },
    notice: { kind: 'data_set_aside' },
  })
  expect(await allBodies(conversation)).toHaveLength(120)
})

test('[F19] a database filled with NUL is set aside, and all begins anew', async () => {
  bench = new TestBench()
  const { conversation } = await bench.signedIn()
  await bench.send(conversation, 'before')
  bench.abandon()
  bench.damage('PRAGMA wal_checkpoint(TRUNCATE)')
  const damaged = Buffer.alloc(readFileSync(bench.database).length)
  writeFileSync(bench.database, damaged)
  await bench.restart()
  const { storage } = await bench.state()
  expect(storage).toMatchObject({ status: 'failed', reason: 'corrupt', ways: ['start-anew'] })
  const refused = await bench.act(bench.engine.handlers.repairData({ way: 'rebuild' }))
  expect(refused).toEqual({ ok: false, failure: { code: 'repair_failed' } })
  const answer = await bench.act(bench.engine.handlers.repairData({ way: 'start-anew' }))
  expect(answer).toEqual({ ok: true, value: null })
  expect(await bench.state()).toMatchObject({
    session: { status: 'welcome' },
    storage: { status: 'ok' },
  })
  const [folder = ''] = asideFolders()
  const aside = join(bench.folder.path, 'set-aside', folder, 'ferry.db')
  expect(readFileSync(aside).equals(damaged)).toBe(true)
  await bench.signIn('me')
  expect(await bench.bodies(conversation)).toEqual(['before'])
})

test('[F8] an empty database beside its whole log: nothing is touched, and all of it can be brought back', async () => {
  bench = new TestBench()
  const { conversation } = await bench.signedIn()
  bench.line.down()
  await bench.send(conversation, 'only in the log')
  bench.abandon()
  // The log of a killed profile that was never copied: it holds every page.
  const copy = join(bench.folder.path, 'copy.db')
  for (const part of ['', '-wal']) copyFileSync(bench.database + part, copy + part)
  const db = new Database(copy)
  db.pragma('journal_mode = DELETE')
  db.pragma('journal_mode = WAL')
  db.exec('VACUUM')
  const log = readFileSync(`${copy}-wal`)
  db.close()
  truncateSync(bench.database, 0)
  writeFileSync(`${bench.database}-wal`, log)
  await bench.restart()
  expect(await bench.state()).toMatchObject({
    session: { status: 'starting' },
    storage: { status: 'failed', reason: 'corrupt', ways: ['recover', 'start-anew'] },
  })
  expect(readFileSync(`${bench.database}-wal`).equals(log)).toBe(true)
  await bench.act(bench.engine.handlers.repairData({ way: 'recover' }))
  expect(await bench.state()).toMatchObject({
    session: { status: 'signed-in' },
    outbox: { waiting: 1 },
  })
  bench.line.up()
  await bench.time.advance(60_000)
  expect(bench.server.bodies(conversation)).toEqual(['only in the log'])
})

test('[F19] [O9] a damaged outbox: what can be read is kept, what cannot is told', async () => {
  bench = new TestBench()
  const { conversation } = await bench.signedIn()
  bench.line.down()
  for (let i = 1; i <= 40; i += 1) await bench.send(conversation, `${i} ${'x'.repeat(500)}`)
  bench.abandon()
  breakPages('outbox', 2, 1)
  await bench.restart()
  expect((await bench.state()).storage).toMatchObject({ ways: ['rebuild', 'start-anew'] })
  await bench.act(bench.engine.handlers.repairData({ way: 'rebuild' }))
  const { outbox, notice } = await bench.state()
  expect(outbox.waiting + outbox.failed).toBe(40)
  expect(outbox.failed).toBeGreaterThan(0)
  expect(notice).toMatchObject({ kind: 'data_set_aside', lost: outbox.failed })
  expect(existsSync(join(bench.folder.path, 'ferry.db.repaired'))).toBe(false)
})
