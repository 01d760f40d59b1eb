import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { loadWindowState, saveWindowState } from './window-state-file.ts'

const state = { bounds: { x: 1, y: 2, width: 900, height: 600 }, maximized: false }
const quietLogger = () => ({ debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() })

let profile = ''
beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'ferry-window-'))
})
afterEach(() => {
  rmSync(profile, { recursive: true, force: true })
})

test('what was saved is loaded', () => {
  const logger = quietLogger()
  saveWindowState(profile, state, logger)
  expect(loadWindowState(profile, logger)).toEqual(state)
  expect(logger.warn).not.toHaveBeenCalled()
})

test('a first start has nothing to load, and says nothing', () => {
  const logger = quietLogger()
  expect(loadWindowState(profile, logger)).toBeNull()
  expect(logger.warn).not.toHaveBeenCalled()
})

test.each(['', '{"bounds":', '{"bounds":{"x":"left"}}', '[]'])(
  'a file of %j is passed over, and set aside',
  (text) => {
    writeFileSync(join(profile, 'window.json'), text)
    const logger = quietLogger()
    expect(loadWindowState(profile, logger)).toBeNull()
    expect(logger.warn).toHaveBeenCalledOnce()
    saveWindowState(profile, state, logger)
    expect(loadWindowState(profile, logger)).toEqual(state)
    expect(readFileSync(join(profile, 'window.json.damaged'), 'utf8')).toBe(text)
  },
)

test('a folder that cannot be written is logged, never thrown', () => {
  const logger = quietLogger()
  saveWindowState(join(profile, 'missing'), state, logger)
  expect(logger.warn).toHaveBeenCalledOnce()
})
