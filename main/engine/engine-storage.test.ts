import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { openStore } from '../store/open-store.ts'
import { StorageError, type StorageReason } from '../store/storage-error.ts'
import { UNDO_MS } from '../sync/retry-policy.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench

afterEach(() => bench.dispose())

/** A bench whose disk fails on writing when told to. */
function withFailingDisk(): { fail: (reason: StorageReason | 'defect' | null) => void } {
  let failure: Error | null = null
  bench = new TestBench({
    open: (file, now) => {
      if (failure instanceof StorageError) return { ok: false, error: failure }
      const opened = openStore(file, now)
      if (!opened.ok) return opened
      const { store } = opened
      const transaction = store.transaction.bind(store)
      store.transaction = (work) =>
        transaction(() => {
          const result = work()
          if (failure !== null) throw failure
          return result
        })
      return opened
    },
  })
  return {
    fail(reason) {
      if (reason === null) failure = null
      else failure = reason === 'defect' ? new Error('a defect') : new StorageError(reason, 'test')
    },
  }
}

const send = (conversation: Id, body: string) =>
  bench.act(bench.engine.handlers.sendMessage({ key: randomUUID(), conversation, body }))

describe('a disk that fails while we run', () => {
  test('[O1] what could not be stored is refused and not shown; the rest waits and goes on by itself', async () => {
    const disk = withFailingDisk()
    const { conversation } = await bench.signedIn()
    await bench.send(conversation, 'before')
    disk.fail('disk_full')
    expect(await send(conversation, 'lost to the user? no: refused')).toEqual({
      ok: false,
      failure: { code: 'storage_failed' },
    })
    expect(await bench.state()).toMatchObject({
      storage: { status: 'failed', reason: 'disk_full', path: bench.database },
    })
    expect(await send(conversation, 'still full')).toMatchObject({
      failure: { code: 'storage_failed' },
    })
    expect(await bench.engine.handlers.listConversations(undefined)).toEqual([])
    await bench.time.advance(30_000)
    expect((await bench.state()).storage.status).toBe('failed')
    disk.fail(null)
    bench.told()
    await bench.time.advance(6_000)
    expect(await bench.state()).toMatchObject({
      storage: { status: 'ok' },
      connection: { status: 'online' },
    })
    expect(bench.told().map((e) => e.type)).toContain('conversations')
    expect(await bench.bodies(conversation)).toEqual(['before'])
    await bench.send(conversation, 'after')
    expect(bench.server.bodies(conversation)).toEqual(['before', 'after'])
  })

  test('[S1] events that could not be stored come again', async () => {
    const disk = withFailingDisk()
    const { conversation, bob } = await bench.signedIn()
    disk.fail('disk_full')
    bench.server.send(bob, conversation, 'hello')
    await bench.time.advance(100)
    expect((await bench.state()).storage.status).toBe('failed')
    disk.fail(null)
    await bench.act(bench.engine.handlers.tryNow(undefined))
    await bench.time.advance(100)
    expect(await bench.bodies(conversation)).toEqual(['hello'])
  })

  test('[O2] an answer that could not be stored is asked for again, and repeats nothing', async () => {
    const disk = withFailingDisk()
    const { conversation } = await bench.signedIn()
    bench.line.fate = (request) => {
      if (request.op === 'send') disk.fail('read_only')
      return 'pass'
    }
    await send(conversation, 'once')
    await bench.time.advance(100)
    expect(await bench.state()).toMatchObject({ storage: { reason: 'read_only' } })
    bench.line.fate = () => 'pass'
    disk.fail(null)
    await bench.time.advance(6_000)
    expect(bench.server.bodies(conversation)).toEqual(['once'])
    expect(await bench.messages(conversation)).toMatchObject([{ body: 'once', state: 'sent' }])
  })

  test('what is damaged is not tried again by itself', async () => {
    const disk = withFailingDisk()
    const { conversation } = await bench.signedIn()
    disk.fail('corrupt')
    await send(conversation, 'x')
    disk.fail(null)
    await bench.time.advance(60_000)
    expect(await bench.state()).toMatchObject({ storage: { reason: 'corrupt' } })
  })

  test('a defect of ours: logged, and the profile is made anew from what is stored', async () => {
    const disk = withFailingDisk()
    const { conversation } = await bench.signedIn()
    await bench.send(conversation, 'before')
    disk.fail('defect')
    await expect(send(conversation, 'x')).rejects.toThrow('a defect')
    expect(bench.logged.filter(({ level }) => level === 'error')).not.toEqual([])
    disk.fail(null)
    await bench.time.advance(6_000)
    await bench.send(conversation, 'after')
    expect(bench.server.bodies(conversation)).toEqual(['before', 'after'])
  })
})

describe('a database that cannot be opened', () => {
  test('is shown, left as it is, and what can be read of it is exported', async () => {
    bench = new TestBench()
    const { conversation } = await bench.signedIn()
    await bench.send(conversation, 'readable text')
    bench.abandon()
    bench.damage('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA user_version = 99;')
    const before = readFileSync(bench.database)
    await bench.restart()
    expect(await bench.state()).toMatchObject({
      session: { status: 'starting' },
      storage: { status: 'failed', reason: 'newer_version', path: bench.database },
    })
    const target = join(bench.folder.path, 'export.jsonl')
    const counts = await bench.engine.exportReadable(target)
    expect(counts.unreadable).toBe(0)
    expect(readFileSync(target, 'utf8')).toContain('readable text')
    expect(await bench.signIn('me')).toEqual({ ok: false, failure: { code: 'storage_failed' } })
    expect(readFileSync(bench.database).equals(before)).toBe(true)
  })

  test('garbage instead of a database', async () => {
    bench = new TestBench()
    writeFileSync(bench.database, 'garbage '.repeat(2_000))
    await bench.engine.start()
    expect(await bench.state()).toMatchObject({ storage: { reason: 'corrupt' } })
    expect(readFileSync(bench.database, 'utf8')).toBe('garbage '.repeat(2_000))
  })
})

describe('rows of the outbox that cannot be read', () => {
  test('[O9] are shown as failed, and stay until they are discarded', async () => {
    bench = new TestBench()
    const { conversation } = await bench.signedIn()
    bench.line.down()
    const key = await bench.send(conversation, 'damaged')
    await bench.send(conversation, 'sound')
    bench.abandon()
    bench.damage(`UPDATE outbox SET record = 'no json' WHERE key = '${key}'`)
    await bench.restart()
    expect((await bench.state()).outbox).toMatchObject({ waiting: 1, failed: 1 })
    const page = await bench.engine.handlers.listOutbox({ limit: 10 })
    expect(page).toMatchObject({
      total: 2,
      items: [
        {
          key,
          message: null,
          conversation: { name: 'Harbour' },
          status: { state: 'failed', failure: { code: 'unreadable' } },
        },
        { preview: 'sound' },
      ],
    })
    await bench.act(bench.engine.handlers.discardOperation({ key }))
    expect(await bench.engine.handlers.listOutbox({ limit: 10 })).toMatchObject({ total: 1 })
    await bench.killAndRestart()
    const { outbox, undoable } = await bench.state()
    expect(outbox).toMatchObject({ waiting: 1, failed: 0 })
    expect(undoable).toMatchObject([{ key, what: 'discard' }])
    await bench.act(bench.engine.handlers.undo({ key }))
    expect((await bench.state()).outbox).toMatchObject({ waiting: 1, failed: 1 })
    await bench.act(bench.engine.handlers.discardOperation({ key }))
    await bench.time.advance(UNDO_MS)
    await bench.killAndRestart()
    expect(await bench.state()).toMatchObject({ outbox: { failed: 0 }, undoable: [] })
  })
})

describe('closing', () => {
  test('commits what was taken, tells nobody anything after, and can be repeated', async () => {
    bench = new TestBench()
    const { conversation } = await bench.signedIn()
    bench.line.down()
    const answer = bench.engine.handlers.sendMessage({
      key: randomUUID(),
      conversation,
      body: 'just before',
    })
    const closed = bench.engine.close()
    expect(await answer).toEqual({ ok: true, value: null })
    await closed
    await bench.engine.close()
    bench.told()
    await bench.time.advance(60_000)
    expect(bench.told()).toEqual([])
    await bench.restart()
    expect(await bench.bodies(conversation)).toEqual(['just before'])
  })

  test('a start that is closed at once', async () => {
    bench = new TestBench()
    await bench.engine.start()
    await bench.engine.close()
    expect(await send('c1', 'x')).toMatchObject({ failure: { code: 'storage_failed' } })
  })
})
