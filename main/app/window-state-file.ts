import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../engine/ports.ts'
import { readWindowState } from './read-window-state.ts'
import type { WindowState } from './window-placement.ts'

const FILE_NAME = 'window.json'

/** What was remembered; null on a first start, and for a file that cannot be used (logged, replaced at the next save). */
export function loadWindowState(profileDir: string, logger: Logger): WindowState | null {
  try {
    const state = readWindowState(JSON.parse(readFileSync(join(profileDir, FILE_NAME), 'utf8')))
    if (state === null) logger.warn({}, 'the place of the window does not make sense')
    return state
  } catch (error) {
    if (!isMissing(error)) logger.warn({ err: error }, 'the place of the window cannot be read')
    return null
  }
}

/** Replaces the file in one step, so that a crash leaves the old one or the new one. Failures are logged only. */
export function saveWindowState(profileDir: string, state: WindowState, logger: Logger): void {
  const path = join(profileDir, FILE_NAME)
  try {
    writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  } catch (error) {
    logger.warn({ err: error }, 'the place of the window cannot be saved')
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
