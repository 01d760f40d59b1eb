import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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
const wal = () => `${files.database}-wal`
const content = (name: string | undefined) => readFileSync(files.asidePath(name ?? ''), 'utf8')

test('what is put aside comes back when it is asked for, its log too', () => {
  write('of alice')
  writeFileSync(wal(), 'log of alice')
  files.swap(alice, null)
  expect(existsSync(files.database)).toBe(false)
  expect(existsSync(wal())).toBe(false)
  const [aside = ''] = files.asides()
  write('of bob')
  files.swap(bob, aside)
  expect(read()).toBe('of alice')
  expect(readFileSync(wal(), 'utf8')).toBe('log of alice')
  expect(files.asides().map(content)).toEqual(['of bob'])
})

test('nothing that was put aside is ever overwritten', () => {
  write('first of alice')
  files.swap(alice, null)
  write('second of alice')
  files.swap(alice, null)
  expect(files.asides().map(content).sort()).toEqual(['first of alice', 'second of alice'])
})

test('an account that was never here begins without a database', () => {
  write('of alice')
  files.swap(alice, null)
  expect(existsSync(files.database)).toBe(false)
})

test('[O1] a kill between any two moves of a swap is made good before anything is opened', () => {
  write('of alice')
  files.swap(alice, null)
  const [aside = ''] = files.asides()
  write('of bob')
  writeFileSync(wal(), 'log of bob')
  const folderOf = join(folder.path, 'other-accounts')
  const moves = [
    { from: 'ferry.db-wal', to: 'other-accounts/b.db-wal' },
    { from: 'ferry.db', to: 'other-accounts/b.db' },
    { from: `other-accounts/${aside}`, to: 'ferry.db' },
  ]
  const at = (path: string) => join(folder.path, path)
  for (let done = 0; done <= moves.length; done += 1) {
    writeFileSync(join(folderOf, 'swap.json'), JSON.stringify(moves))
    for (const { from, to } of moves.slice(0, done)) renameSync(at(from), at(to))
    files.finishSwap()
    expect(read()).toBe('of alice')
    expect(existsSync(wal())).toBe(false)
    expect(readFileSync(at('other-accounts/b.db'), 'utf8')).toBe('of bob')
    expect(readFileSync(at('other-accounts/b.db-wal'), 'utf8')).toBe('log of bob')
    expect(readdirSync(folderOf)).not.toContain('swap.json')
    for (const { from, to } of moves.toReversed()) renameSync(at(to), at(from))
  }
})

test('[F8] a database is never met without its log, wherever a swap breaks off and its list is lost', () => {
  write('of alice')
  writeFileSync(wal(), 'log of alice')
  files.swap(alice, null)
  const [aside = ''] = files.asides()
  expect(readFileSync(`${files.asidePath(aside)}-wal`, 'utf8')).toBe('log of alice')
  const met: string[] = []
  const spy = (place: string) => existsSync(place) && !existsSync(`${place}-wal`)
  write('of bob')
  writeFileSync(wal(), 'log of bob')
  const stepwise = new ProfileFiles(folder.path, (from, to) => {
    renameSync(from, to)
    if (spy(files.database)) met.push(files.database)
  })
  stepwise.swap(bob, aside)
  expect(met).toEqual([])
  expect(read()).toBe('of alice')
})

test('[F8] a list of moves that cannot be read is kept, and stops nothing', () => {
  write('of alice')
  files.swap(alice, null)
  const list = join(folder.path, 'other-accounts', 'swap.json')
  writeFileSync(list, '{ half')
  files.finishSwap()
  expect(existsSync(list)).toBe(false)
  expect(readFileSync(`${list}.unreadable`, 'utf8')).toBe('{ half')
  expect(files.asides().map(content)).toEqual(['of alice'])
})

test('[F8] a kill at any step of setting aside: all files are at one place or the other, and the next start ends it', () => {
  const killed = new Error('killed')
  for (let steps = 0; steps <= 5; steps += 1) {
    const own = temporaryFolder()
    let left = steps
    const mortal = new ProfileFiles(own.path, (from, to) => {
      left -= 1
      if (left < 0) throw killed
      renameSync(from, to)
    })
    const parts = ['', '-wal', '-shm']
    for (const part of parts) writeFileSync(mortal.database + part, `old${part}`)
    writeFileSync(mortal.replacement.path, 'whole')
    const setAside = () => mortal.setAside(Date.UTC(2024, 0, 2, 3, 4, 5), mortal.replacement.name)
    if (steps < 4) expect(setAside).toThrow(killed)
    else setAside()
    const next = new ProfileFiles(own.path)
    next.finishSwap()
    const aside = join(own.path, 'set-aside', '2024-01-02T03-04-05', 'ferry.db')
    expect(parts.map((part) => readFileSync(aside + part, 'utf8'))).toEqual([
      'old',
      'old-wal',
      'old-shm',
    ])
    expect(readFileSync(next.database, 'utf8')).toBe('whole')
    expect(existsSync(`${next.database}-wal`)).toBe(false)
    own.remove()
  }
})
