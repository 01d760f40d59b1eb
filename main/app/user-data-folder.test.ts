import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isLockedByAnother, isWritableFolder, standInFolder } from './user-data-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-user-data-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a folder for a profile', () => {
  test('is made where there is none', () => {
    expect(isWritableFolder(join(folder, 'new', 'profile'))).toBe(true)
  })

  test('a file in its place is told', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => isWritableFolder(join(folder, 'file'))).toThrow('EEXIST')
  })
})

describe('a place for what cannot be in the profile', () => {
  test('is the same for the same profile, another for another, and private', () => {
    const place = standInFolder('/a', folder)
    expect(standInFolder('/a', folder)).toBe(place)
    expect(standInFolder('/b', folder)).not.toBe(place)
  })

  test('is not taken from somebody else', () => {
    const place = standInFolder('/a', folder)
    chmodSync(place, 0o777)
    expect(() => standInFolder('/a', folder)).toThrow('belongs to somebody else')
    rmSync(place, { recursive: true })
    mkdirSync(join(folder, 'theirs'), { mode: 0o700 })
    symlinkSync(join(folder, 'theirs'), place)
    expect(() => standInFolder('/a', folder)).toThrow('belongs to somebody else')
  })
})

describe('a lock that was refused', () => {
  const lock = (content: string) => symlinkSync(content, join(folder, 'SingletonLock'))

  test('is held by another process that it names', () => {
    lock(`host-${process.pid + 1}`)
    expect(isLockedByAnother(folder, 'linux')).toBe(true)
  })

  test('could not be made: there is none, or it names us', () => {
    expect(isLockedByAnother(folder, 'linux')).toBe(false)
    lock(`host-name-${process.pid}`)
    expect(isLockedByAnother(folder, 'linux')).toBe(false)
  })

  test('on Windows there is no such link to look at', () => {
    expect(isLockedByAnother(folder, 'win32')).toBe(true)
  })
})
