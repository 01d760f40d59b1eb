import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from './open-store.ts'
import type { ProfileStore } from './profile-store.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'
import { KEPT_MS, ThreadWalCopier } from './thread-wal-copier.ts'

const MIB = 1024 * 1024
const SCRIPT = join(import.meta.dirname, 'wal-thread.ts')

let folder: ReturnType<typeof temporaryFolder>
let file: string
let problems: string[]
let timers: { delayMs: number; callback: () => void }[]
let store: ProfileStore | null

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'ferry.db')
  problems = []
  timers = []
  store = null
})
afterEach(() => {
  store?.close()
  folder.remove()
})

function copierOf(database: string, script = SCRIPT): ThreadWalCopier {
  return new ThreadWalCopier({
    database,
    script,
    timers: {
      set(delayMs, callback) {
        const timer = { delayMs, callback }
        timers.push(timer)
        return () => {
          timers = timers.filter((other) => other !== timer)
        }
      },
    },
    report: (problem) => problems.push(problem),
  })
}

function open(script = SCRIPT): ProfileStore {
  const opened = openStore(
    file,
    () => 42,
    (database) => copierOf(database, script),
  )
  if (!opened.ok) throw opened.error
  store = opened.store
  return store
}

/** Texts of a megabyte, each in a transaction of its own. */
function write(to: ProfileStore, names: readonly string[]): void {
  for (const name of names)
    to.transaction(() => to.putDraft(name, { body: 'x'.repeat(MIB), about: null }))
}

/** Enough of them that the log is long. */
const LONG = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8']
const sizeOf = (path: string): number => statSync(path).size

test('[S6] the write-ahead log is copied beside this process, and begins anew', async () => {
  const opened = open()
  write(opened, LONG)
  const before = sizeOf(file)
  const copied = opened.maintain()
  expect(sizeOf(file)).toBe(before)
  await copied
  expect(sizeOf(file)).toBeGreaterThan(before + 9 * MIB)
  expect(opened.needsMaintenance()).toBe(false)
  opened.transaction(() => opened.putDraft('d1', { body: 'short', about: null }))
  expect(sizeOf(`${file}-wal`)).toBeLessThanOrEqual(MIB)
  expect(problems).toEqual([])
})

test('[O1] what is written while it is copied stays', async () => {
  const opened = open()
  write(opened, LONG)
  const copied = opened.maintain()
  write(opened, ['d1', 'd2'])
  await copied
  opened.close()
  expect([...open().drafts().keys()].sort()).toEqual([...LONG, 'd1', 'd2'])
})

test('[O1] closing waits for a copy that was asked for, and leaves one whole file', async () => {
  const opened = open()
  write(opened, LONG)
  // The second is asked of a thread that runs, and may have begun; the first was asked of one that starts.
  await opened.maintain()
  write(opened, LONG)
  const copied = opened.maintain()
  opened.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
  await copied
  const again = open()
  expect([...again.drafts().keys()].sort()).toEqual(LONG)
  write(again, LONG)
  const neverBegun = again.maintain()
  again.close()
  await neverBegun
  expect(existsSync(`${file}-wal`)).toBe(false)
})

test('[S6] a thread that cannot be started is told, and the store copies the log itself', async () => {
  const opened = open(join(folder.path, 'missing.cjs'))
  write(opened, LONG)
  const before = sizeOf(file)
  await opened.maintain()
  expect(problems).toHaveLength(1)
  write(opened, ['d1'])
  expect(opened.needsMaintenance()).toBe(true)
  expect(opened.maintain()).toBeNull()
  expect(sizeOf(file)).toBeGreaterThan(before + 10 * MIB)
})

test('a copy that fails is told', async () => {
  const copier = copierOf(join(folder.path, 'missing.db'))
  expect(await copier.copy()).toBe(false)
  expect(problems).toEqual([expect.stringContaining('unable to open database')])
  copier.close()
  expect(await copier.copy()).toBe(false)
})

test('a thread with nothing to do is ended, and started again when it is needed', async () => {
  open()
  const copier = copierOf(file)
  expect(await copier.copy()).toBe(true)
  expect(timers.map((timer) => timer.delayMs)).toEqual([KEPT_MS])
  timers[0]?.callback()
  expect(await copier.copy()).toBe(true)
  expect(timers).toHaveLength(1)
  copier.close()
  expect(timers).toEqual([])
})
