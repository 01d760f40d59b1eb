import { EventEmitter, once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cacheFolder, makeCacheEntry, withWorkFolder } from './cache-folder.mjs'

describe('where the cache is', () => {
  const home = path.resolve('/home/ann')
  const at = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv) =>
    cacheFolder({ platform, env, home })

  test('in the user’s cache folder of each system', () => {
    expect(at('linux', {})).toBe(path.join(home, '.cache', 'ferry'))
    expect(at('darwin', {})).toBe(path.join(home, 'Library', 'Caches', 'ferry'))
    expect(at('win32', {})).toBe(path.join(home, 'AppData', 'Local', 'ferry', 'Cache'))
  })

  test('XDG_CACHE_HOME is followed, unless it is relative, which its standard forbids', () => {
    const xdg = path.resolve('/var/caches')
    expect(at('linux', { XDG_CACHE_HOME: xdg })).toBe(path.join(xdg, 'ferry'))
    expect(at('linux', { XDG_CACHE_HOME: 'caches' })).toBe(path.join(home, '.cache', 'ferry'))
    expect(at('linux', { XDG_CACHE_HOME: '' })).toBe(path.join(home, '.cache', 'ferry'))
  })
})

describe('an entry of the cache', () => {
  let cache = ''
  beforeEach(async () => {
    cache = await mkdtemp(path.join(os.tmpdir(), 'ferry-cache-'))
  })
  afterEach(() => rm(cache, { recursive: true }))

  test('is there whole, and nothing beside it', async () => {
    const entry = await makeCacheEntry(cache, 'thing', (folder) =>
      writeFile(path.join(folder, 'a'), 'first'),
    )
    expect(await readFile(path.join(entry, 'a'), 'utf8')).toBe('first')
    expect(await readdir(cache)).toEqual(['thing'])
  })

  test('that fails half-way is not there at all', async () => {
    const making = makeCacheEntry(cache, 'thing', async (folder) => {
      await writeFile(path.join(folder, 'a'), 'half')
      throw new Error('the disk is full')
    })
    await expect(making).rejects.toThrow('the disk is full')
    expect(await readdir(cache)).toEqual([])
  })

  test('made twice at once is made, and the first one stays', async () => {
    const gate = new EventEmitter()
    const opened = once(gate, 'open')
    const slow = makeCacheEntry(cache, 'thing', async (folder) => {
      await opened
      await writeFile(path.join(folder, 'a'), 'slow')
    })
    await makeCacheEntry(cache, 'thing', (folder) => writeFile(path.join(folder, 'a'), 'quick'))
    gate.emit('open')
    expect(await readFile(path.join(await slow, 'a'), 'utf8')).toBe('quick')
    expect(await readdir(cache)).toEqual(['thing'])
  })

  test('left over by a killed run is removed after an hour, a fresh one is not', async () => {
    const old = path.join(cache, 'work-old')
    await withWorkFolder(cache, async (fresh) => {
      await writeFile(path.join(fresh, 'x'), '')
      await writeFile(old, '')
      const before = new Date(Date.now() - 61 * 60 * 1000)
      await utimes(old, before, before)
      await withWorkFolder(cache, async () => undefined)
      expect(await readdir(cache)).toEqual([path.basename(fresh)])
    })
  })
})
