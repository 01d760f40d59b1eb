import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ServerProcess } from '../../test-support/server-process.ts'
import { WireClient } from '../../test-support/wire-client.ts'
import { DATABASE_FILE } from './open-database.ts'

/** Much less than the 5 s that it took, and enough for a machine with other work, in ms. */
const AT_ONCE_MS = 1_500
/** A write is answered within this, in ms, whatever holds the database. */
const ANSWERED_MS = 5_000

let server: ServerProcess
let client: WireClient
let conversation: string
beforeEach(async () => {
  server = await ServerProcess.start()
  const { token } = await server.account('ann')
  client = await WireClient.open(server.url, token)
  conversation = (await client.ask('conversation.create', { kind: 'group', members: [] }))
    .conversation.id
})
afterEach(() => server.dispose())

const health = async () => (await fetch(`${server.url}/healthz`)).status
const sendWith = (key: string) => client.codeOf({ op: 'send', key, conversation, body: 'hello' })

async function took(work: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work
  return performance.now() - started
}

test("[V10] a forgotten shell's transaction: reads go on, writes are unavailable in time, and it goes on when it ends", async () => {
  const shell = new Database(join(server.folder, DATABASE_FILE))
  shell.exec('BEGIN IMMEDIATE')
  const key = randomUUID()
  const sent = sendWith(key)
  const answered = took(sent)
  let isAnswered = false
  void sent.then(() => {
    isAnswered = true
  })
  while (!isAnswered) {
    expect(await took(client.ask('history', { conversation, limit: 10 }))).toBeLessThan(AT_ONCE_MS)
    expect(await took(fetch(`${server.url}/metrics`))).toBeLessThan(AT_ONCE_MS)
  }
  expect(await sent).toBe('unavailable')
  expect(await answered).toBeLessThan(ANSWERED_MS)
  expect(await health()).toBe(503)

  shell.exec('ROLLBACK')
  expect(await client.ask('send', { key, conversation, body: 'hello' })).toMatchObject({ seq: 2 })
  await expect.poll(health).toBe(200)

  // [V11] It does not keep a server from ending, either.
  shell.exec('BEGIN IMMEDIATE')
  const late = sendWith(randomUUID())
  await client.ask('history', { conversation, limit: 1 })
  expect(await took(server.end('SIGTERM'))).toBeLessThan(ANSWERED_MS)
  expect(await late).toBe('unavailable')
  shell.close()
})

test('[V9] a disk that takes nothing more: health says so, and ok when it does again', async () => {
  const limitFiles = (bytes: string) =>
    execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`])
  expect(await health()).toBe(200)
  limitFiles('1')
  const key = randomUUID()
  expect(await sendWith(key)).toBe('unavailable')
  await expect.poll(health).toBe(503)
  // What is there can still be read.
  expect((await client.ask('history', { conversation, limit: 10 })).messages).toEqual([])
  limitFiles('unlimited')
  expect(await client.ask('send', { key, conversation, body: 'hello' })).toMatchObject({ seq: 2 })
  await expect.poll(health).toBe(200)
})
