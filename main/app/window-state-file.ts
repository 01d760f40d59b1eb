import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from '../engine/ports.ts'
import { parseJson } from '../store/parse-json.ts'
import { readWindowState } from './read-window-state.ts'
import type { WindowState } from './window-placement.ts'

const FILE_NAME = 'window.json'

/** What was remembered; null on a first start, and for a file that cannot be used, which is logged and set aside. */
export function loadWindowState(profileDir: string, logger: Logger): WindowState | null {
  const path = join(profileDir, FILE_NAME)
  try {
    const text = readFileSync(path, 'utf8')
    const state = readWindowState(parseJson(text))
    if (state === null) setAside(path, logger)
    return state
  } catch (error) {
    if (!isMissing(error)) logger.warn({ err: error }, 'the place of the window cannot be read')
    return null
  }
}

/** What is damaged is never overwritten: the next save writes a new file. */
function setAside(path: string, logger: Logger): void {
  let aside = `${path}.damaged`
  for (let number = 1; existsSync(aside); number += 1) aside = `${path}.damaged-${number}`
  renameSync(path, aside)
  logger.warn({ aside }, 'the place of the window does not make sense, and is set aside')
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
