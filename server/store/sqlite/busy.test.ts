import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeCommand } from '../../test-support/make-command.ts'
import { newUser } from '../contract/fixture.ts'
import { type Store, StoreUnavailable } from '../store.ts'
import { DATABASE_FILE } from './open-database.ts'
import { openSqliteStore } from './sqlite-store.ts'

let folder: string
let store: Store
/** Somebody else's connection: a shell that was left open. */
let shell: Database.Database
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-busy-'))
  store = openSqliteStore(folder, {
    now: () => 1_700_000_000_000,
    editWindowMs: 60_000,
    onCommitted: () => undefined,
    observer: { committed: () => undefined },
  })
  await store.createUser(newUser('ann'))
  shell = new Database(join(folder, DATABASE_FILE))
})
afterEach(async () => {
  if (shell.inTransaction) shell.exec('ROLLBACK')
  shell.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const create = () =>
  store.execute(makeCommand('conversation.create', 'ann', { kind: 'group', members: [] }, 1))

/** The longest time that the event loop stood, in ms, until `done`. */
async function longestTurn(done: Promise<unknown>): Promise<number> {
  let isDone = false
  const end = () => {
    isDone = true
  }
  done.then(end, end)
  let longest = 0
  while (!isDone) {
    const at = performance.now()
    await nextTurn()
    longest = Math.max(longest, performance.now() - at)
  }
  return longest
}

test("[V10] somebody else's transaction holds up no read and not the event loop; writes are unavailable in time", async () => {
  shell.exec('BEGIN IMMEDIATE')
  const writes = [
    create(),
    store.createUser(newUser('bob')),
    store.markRelayed(new Map([['user:ann', 0]])),
    store.probe(),
  ]
  const all = Promise.allSettled(writes)
  const started = performance.now()
  expect(await store.isMember('c', 'ann')).toBe(false)
  expect((await store.readableHeads('ann')).get('user:ann')).toBe(0)
  expect(performance.now() - started).toBeLessThan(500)
  expect(await longestTurn(all)).toBeLessThan(500)
  for (const result of await all) {
    expect(result).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
  }
  shell.exec('ROLLBACK')
  expect(await create()).toMatchObject({ ok: true })
  await store.probe()
})

test('[V10] [O3] what waits for it is written when it ends, in the order in which it came', async () => {
  const { reply } = (await create()) as unknown as { reply: { conversation: { id: string } } }
  const conversation = reply.conversation.id
  shell.exec('BEGIN IMMEDIATE')
  const sends = Array.from({ length: 20 }, (_, i) =>
    store.execute(makeCommand('send', 'ann', { conversation, body: `${i}` }, 1)),
  )
  await nextTurn()
  await nextTurn()
  sends.push(store.execute(makeCommand('send', 'ann', { conversation, body: 'last' }, 1)))
  shell.exec('ROLLBACK')
  const seqs = (await Promise.all(sends)).map((outcome) => (outcome.ok ? outcome.reply : null))
  expect(seqs).toMatchObject(Array.from({ length: 21 }, (_, i) => ({ seq: i + 2 })))
})

test('[V11] closing commits what was taken, once nobody else writes', async () => {
  shell.exec('BEGIN IMMEDIATE')
  const taken = create()
  const closed = store.close()
  await nextTurn()
  shell.exec('ROLLBACK')
  expect(await taken).toMatchObject({ ok: true })
  await closed
  // For afterEach, which closes it again.
  store = openSqliteStore(folder, {
    now: () => 0,
    editWindowMs: 0,
    onCommitted: () => undefined,
    observer: { committed: () => undefined },
  })
})
