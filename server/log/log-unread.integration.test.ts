import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { post } from '../test-support/server-process.ts'

const MAIN = join(import.meta.dirname, '../main.ts')
/** What [V11] promises, in ms. */
const STOP_MS = 5_000

let folder: string
let pipe: number
let child: ChildProcess
let url: string
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ferry-unread-'))
  const fifo = join(folder, 'log')
  execFileSync('mkfifo', [fifo])
  // It reads only when the test does.
  pipe = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK)
  const written = openSync(fifo, 'w')
  child = spawn(process.execPath, [MAIN, '--data', join(folder, 'data')], {
    stdio: ['ignore', 'pipe', written],
  })
  closeSync(written)
  if (child.stdout === null) throw new Error('there is no stdout')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  url = (JSON.parse(line) as { url: string }).url
})
afterEach(() => {
  child.kill('SIGKILL')
  closeSync(pipe)
  rmSync(folder, { recursive: true, force: true })
})

/** Reads what the pipe holds. */
function read(): string {
  const buffer = Buffer.alloc(1024 * 1024)
  try {
    return buffer.toString('utf8', 0, readSync(pipe, buffer))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return ''
    throw error
  }
}

async function dropped(): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^ferry_log_lines_dropped (\d+)$/m.exec(text)?.[1])
}

/** A line each. */
async function sayMuch(): Promise<void> {
  const before = await dropped()
  const stranger = { username: 'nobody', password: 'a wrong guess' }
  while ((await dropped()) === before) {
    await Promise.all(Array.from({ length: 100 }, () => post(url, '/v1/sessions', stranger)))
  }
}

test('[V11] a log that nobody reads holds up nobody, is said when it is read again, and SIGTERM ends it in time', async () => {
  await sayMuch()
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  let text = ''
  await expect
    .poll(() => {
      text += read()
      return text
    })
    .toMatch(/"dropped":\d+/)
  const lines = text.trimEnd().split('\n')
  for (const line of lines.slice(0, -1)) JSON.parse(line)
  expect(text).toContain('log lines were dropped')

  await sayMuch()
  const exited = once(child, 'exit')
  const started = performance.now()
  child.kill('SIGTERM')
  expect(await exited).toEqual([0, null])
  expect(performance.now() - started).toBeLessThan(STOP_MS)
})
