import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { exportReadable } from './export-readable.ts'
import { openStore } from './open-store.ts'
import { message, send } from './test-support/samples.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

const MESSAGES = 600

let folder: ReturnType<typeof temporaryFolder>
let file: string
let target: string

beforeEach(() => {
  folder = temporaryFolder()
  file = join(folder.path, 'ferry.db')
  target = join(folder.path, 'out.jsonl')
  const opened = openStore(file, () => 0)
  if (!opened.ok) throw opened.error
  const { store } = opened
  store.transaction(() => {
    for (let seq = 1; seq <= MESSAGES; seq += 1) store.putMessage(message(seq))
    store.putOperation(send(1, { body: 'unsent text' }))
    store.putDraft('c1', { body: 'draft text', about: null })
    store.putSecret('token', new TextEncoder().encode('s3cret'))
  })
  store.close()
})
afterEach(() => folder.remove())

const lines = (): string[] => readFileSync(target, 'utf8').trimEnd().split('\n')

test('everything of a sound database, and nothing that is secret', async () => {
  expect(await exportReadable(file, target)).toEqual({ rows: MESSAGES + 3, unreadable: 0 })
  const text = readFileSync(target, 'utf8')
  expect(lines()).toHaveLength(MESSAGES + 3)
  expect(lines().every((line) => 'table' in JSON.parse(line))).toBe(true)
  expect(text).toContain('"body":"message 1"')
  expect(text).toContain('unsent text')
  expect(text).toContain('draft text')
  expect(text).not.toContain('s3cret')
})

test('[O9] of a damaged one, what is before and behind the damage, and how much is missing', async () => {
  const db = new Database(file)
  const pages = db
    .prepare<[], { pageno: number; ncell: number }>(
      "SELECT pageno, ncell FROM dbstat WHERE name = 'messages' AND pagetype = 'leaf' ORDER BY path",
    )
    .all()
  const broken = pages[3] ?? { pageno: 0, ncell: 0 }
  const pageSize = Number(db.pragma('page_size', { simple: true }))
  db.close()
  const bytes = readFileSync(file)
  bytes.fill(0xff, (broken.pageno - 1) * pageSize, broken.pageno * pageSize)
  writeFileSync(file, bytes)
  const { rows, unreadable } = await exportReadable(file, target)
  expect(unreadable).toBe(broken.ncell)
  expect(rows).toBe(MESSAGES + 3 - broken.ncell)
  const text = readFileSync(target, 'utf8')
  expect(text).toContain('"body":"message 1"')
  expect(text).toContain(`"body":"message ${MESSAGES}"`)
  expect(text).toContain('unsent text')
  expect(readFileSync(file).equals(bytes)).toBe(true)
})

test('of a file that is no database nothing, and that is told', async () => {
  writeFileSync(file, 'this is a letter '.repeat(1000))
  expect(await exportReadable(file, target)).toEqual({ rows: 0, unreadable: 1 })
})

test('a target that cannot be written is an error', async () => {
  await expect(exportReadable(file, join(folder.path, 'no', 'such'))).rejects.toThrow('ENOENT')
})

test('[F8] a log whose database is empty: what it holds, and nothing is touched', async () => {
  const db = new Database(file)
  db.pragma('journal_mode = DELETE')
  db.pragma('journal_mode = WAL')
  db.exec("UPDATE drafts SET body = 'only in the log'; VACUUM")
  const log = readFileSync(`${file}-wal`)
  db.close()
  truncateSync(file, 0)
  writeFileSync(`${file}-wal`, log)
  const { rows } = await exportReadable(file, target)
  expect(rows).toBe(MESSAGES + 3)
  expect(readFileSync(target, 'utf8')).toContain('only in the log')
  expect(readFileSync(file)).toHaveLength(0)
  expect(readFileSync(`${file}-wal`).equals(log)).toBe(true)
})

test('[F8] a database in a folder that cannot be written', () => {
  const into = temporaryFolder()
  const script = `
    import { exportReadable } from ${JSON.stringify(new URL('./export-readable.ts', import.meta.url).href)}
    console.log(JSON.stringify(await exportReadable(process.argv[1], process.argv[2])))`
  const run = [process.execPath, '--input-type=module', '-e', script, file, join(into.path, 'out')]
  const rights = '-dac_override,-dac_read_search'
  const command =
    process.getuid?.() === 0
      ? ['setpriv', `--bounding-set=${rights}`, `--inh-caps=${rights}`, ...run]
      : run
  chmodSync(folder.path, 0o500)
  try {
    const before = readdirSync(folder.path)
    const [program = '', ...rest] = command
    const printed = execFileSync(program, rest, { encoding: 'utf8' })
    expect(JSON.parse(printed)).toEqual({ rows: MESSAGES + 3, unreadable: 0 })
    expect(readdirSync(folder.path)).toEqual(before)
  } finally {
    chmodSync(folder.path, 0o700)
    into.remove()
  }
})
