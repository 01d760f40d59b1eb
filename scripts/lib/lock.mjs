import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Interrupted, StepFailure } from './step-failure.mjs'

const BEAT_MS = 5000
const STALE_MS = 60_000
const POLL_MS = 250
const GIVE_UP_MS = 20 * 60_000

/**
 * Who holds a lock, as written into its file.
 * @typedef {{ host: string, pid: number }} Holder
 */

/**
 * Whether a lock was left behind by a process that is no more. On another host (a shared home folder, a container)
 * only the heartbeat tells.
 * @param {{ holder: Holder | undefined, ageMs: number, host: string, isAlive: (pid: number) => boolean }} facts
 */
export function isStale({ holder, ageMs, host, isAlive }) {
  if (ageMs > STALE_MS) return true
  return holder !== undefined && holder.host === host && !isAlive(holder.pid)
}

/**
 * Runs `work` while holding a lock, so that two commands started in one clone (`npm start` and `npm test`) take
 * turns. The lock of a killed process is taken over.
 * @template T
 * @param {string} file the lock's file
 * @param {{ abort: AbortSignal, onWait: (holder: string) => void }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, { abort, onWait }, work) {
  await mkdir(path.dirname(file), { recursive: true })
  const waitingSince = Date.now()
  for (let told = false; !(await take(file)); ) {
    const holder = await clearIfStale(file)
    if (holder === undefined) continue
    if (!told) onWait(holder)
    told = true
    if (Date.now() - waitingSince > GIVE_UP_MS) {
      throw new StepFailure({
        step: 'Waiting for another Ferry command',
        cause: `${holder} has been at work here for ${GIVE_UP_MS / 60_000} minutes`,
        remedy: `Let it finish or end it; if it is none of ours, delete ${file}.`,
      })
    }
    await delay(POLL_MS)
    if (abort.aborted) throw new Interrupted(abort.reason)
  }
  const beat = setInterval(() => {
    const now = new Date()
    // A lock that was deleted by hand is no longer ours to keep alive.
    utimes(file, now, now).catch(() => clearInterval(beat))
  }, BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    await rm(file, { force: true })
  }
}

/** @param {string} file */
async function take(file) {
  /** @type {Holder} */
  const self = { host: os.hostname(), pid: process.pid }
  try {
    await writeFile(file, JSON.stringify(self), { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Removes the lock if its holder is gone; otherwise says who holds it.
 * @param {string} file
 * @returns {Promise<string | undefined>}
 */
async function clearIfStale(file) {
  const facts = await inspect(file)
  if (facts === undefined) return undefined
  if (!isStale({ ...facts, host: os.hostname(), isAlive })) {
    return facts.holder === undefined ? 'another process' : `process ${facts.holder.pid}`
  }
  // Renamed first: of two that find it stale, one succeeds.
  const aside = `${file}.${process.pid}`
  await rename(file, aside).catch(ignoreMissing)
  await rm(aside, { force: true })
  return undefined
}

/**
 * @param {string} file
 * @returns {Promise<{ holder: Holder | undefined, ageMs: number } | undefined>}
 */
async function inspect(file) {
  try {
    const { mtimeMs } = await stat(file)
    return { holder: parseHolder(await readFile(file, 'utf8')), ageMs: Date.now() - mtimeMs }
  } catch (error) {
    ignoreMissing(error)
    return undefined
  }
}

/**
 * @param {string} text
 * @returns {Holder | undefined}
 */
function parseHolder(text) {
  try {
    const value = JSON.parse(text)
    return typeof value?.host === 'string' && Number.isInteger(value?.pid) ? value : undefined
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** @param {unknown} error */
function ignoreMissing(error) {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
