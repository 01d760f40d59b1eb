import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { temporaryFolder } from '../store/test-support/temporary-folder.ts'
import { setLostDataAside, setServerDataAside } from './server-data.ts'

const NOW = Date.UTC(2024, 0, 2, 3, 4, 5)
const STAMP = '2024-01-02T03-04-05'

let folder: ReturnType<typeof temporaryFolder>
let database: string

beforeEach(() => {
  folder = temporaryFolder()
  database = join(folder.path, 'server.db')
})
afterEach(() => folder.remove())

test('[F8] the log of a database of the server that is empty or gone is kept', () => {
  const log = 'a log '.repeat(100)
  for (const content of ['', null]) {
    if (content !== null) writeFileSync(database, content)
    writeFileSync(`${database}-wal`, log)
    writeFileSync(join(folder.path, 'server.instance'), 'known')
    const path = setLostDataAside(folder.path, NOW) ?? ''
    expect(readFileSync(join(path, 'server.db-wal'), 'utf8')).toBe(log)
    expect(existsSync(`${database}-wal`)).toBe(false)
    expect(existsSync(join(folder.path, 'server.instance'))).toBe(false)
  }
})

test('[F20] one with content stays, whatever it is, until it is set aside', () => {
  mkdirSync(join(folder.path, 'set-aside', STAMP), { recursive: true })
  writeFileSync(database, '\0'.repeat(100))
  writeFileSync(`${database}-wal`, 'its log'.repeat(20))
  expect(setLostDataAside(folder.path, NOW)).toBeNull()
  const path = setServerDataAside(folder.path, NOW)
  expect(path).toBe(join(folder.path, 'set-aside', `${STAMP}-1`))
  expect(readFileSync(join(path, 'server.db'), 'utf8')).toBe('\0'.repeat(100))
  expect(existsSync(database)).toBe(false)
  expect(setLostDataAside(folder.path, NOW)).toBeNull()
})
