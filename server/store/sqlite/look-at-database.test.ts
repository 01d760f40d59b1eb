import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from './open-database.ts'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-server-'))
  file = join(folder, 'server.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function expectLeftAlone(): void {
  const ours = () => readdirSync(folder).filter((name) => name.startsWith('server.db'))
  const before = ours().map((name) => [name, readFileSync(join(folder, name)).toString('base64')])
  expect(() => openDatabase(folder)).toThrow('nothing was changed in it')
  expect(ours().map((name) => [name, readFileSync(join(folder, name)).toString('base64')])).toEqual(
    before,
  )
}

test('[F20] a database filled with NUL, cut off, or none at all', () => {
  openDatabase(folder).close()
  const sound = readFileSync(file)
  writeFileSync(file, Buffer.alloc(sound.length))
  expectLeftAlone()
  writeFileSync(file, sound.subarray(0, 10))
  expectLeftAlone()
  writeFileSync(file, sound.subarray(0, 3 * 4096))
  expectLeftAlone()
  writeFileSync(file, 'Dear server, '.repeat(100))
  expectLeftAlone()
})

test('[F8] a folder in its place', () => {
  mkdirSync(file)
  expect(() => openDatabase(folder)).toThrow('nothing was changed in it')
})

test('a sound one is opened, its log too', () => {
  openDatabase(folder).close()
  openDatabase(folder).close()
})
