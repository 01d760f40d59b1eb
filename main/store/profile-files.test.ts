import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ProfileFiles } from './profile-files.ts'
import { temporaryFolder } from './test-support/temporary-folder.ts'

let folder: ReturnType<typeof temporaryFolder>
let files: ProfileFiles

beforeEach(() => {
  folder = temporaryFolder()
  files = new ProfileFiles(folder.path)
})
afterEach(() => folder.remove())

const alice = { user: 'alice' }
const bob = { user: 'bob' }
const write = (text: string) => writeFileSync(files.database, text)
const read = () => readFileSync(files.database, 'utf8')
const aside = () => readdirSync(join(folder.path, 'other-accounts'))

test('what is put aside comes back with its account, its log too', () => {
  write('of alice')
  writeFileSync(`${files.database}-wal`, 'log of alice')
  files.swap(alice, bob)
  expect(existsSync(files.database)).toBe(false)
  expect(existsSync(`${files.database}-wal`)).toBe(false)
  write('of bob')
  files.swap(bob, alice)
  expect(read()).toBe('of alice')
  expect(readFileSync(`${files.database}-wal`, 'utf8')).toBe('log of alice')
})

test('nothing that was put aside is ever overwritten', () => {
  write('first of alice')
  files.swap(alice, bob)
  write('second of alice')
  files.swap(alice, bob)
  expect(aside()).toHaveLength(2)
})

test('an account that was never here begins without a database', () => {
  write('of alice')
  files.swap(alice, bob)
  expect(existsSync(files.database)).toBe(false)
})
