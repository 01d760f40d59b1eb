import { readFile } from 'node:fs/promises'
import { afterEach, expect, test } from 'vitest'
import { ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

let server: ServerProcess
afterEach(() => server.dispose())

const MIB = 1024 * 1024

/** Resident memory of the server now, in bytes. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? []
  return Number(kib) * 1024
}

/** Sends `count` messages of 16 KiB, a few at a time. */
async function pour(client: WireClient, conversation: string, count: number): Promise<void> {
  const body = 'x'.repeat(16 * 1024)
  let sent = 0
  const lane = async () => {
    while (sent < count) {
      sent++
      await client.send(conversation, body)
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
}

test('[V7] one who does not read while 96 MiB pass is bounded, closed with 4413, and misses nothing', async () => {
  const COUNT = (96 * MIB) / (16 * 1024)
  server = await ServerProcess.start()
  const ann = await server.account('ann')
  const bob = await server.account('bob')
  const sender = await WireClient.open(server.url, ann.token)
  const { conversation } = await sender.ask('conversation.create', {
    kind: 'group',
    members: [bob.user.id],
  })
  // What the sender itself needs, which reads everything, is no part of the growth.
  await pour(sender, conversation.id, COUNT / 4)
  const before = await residentBytes()

  const idle = await WireClient.open(server.url, bob.token, {
    cursors: { [conversation.id]: sender.cursors[conversation.id] ?? 0 },
  })
  idle.socket.pause()
  await pour(sender, conversation.id, COUNT)
  expect((await residentBytes()) - before).toBeLessThan(64 * MIB)

  idle.socket.resume()
  expect(await idle.closed).toBe(4413)
  expect(idle.pushes.at(-1)).toMatchObject({ push: 'bye', error: { retryable: true } })
  const back = await WireClient.open(server.url, bob.token, { cursors: idle.cursors })
  const head = sender.cursors[conversation.id] ?? 0
  await back.reached(conversation.id, head)
  expect([...idle.anomalies, ...back.anomalies]).toEqual([])
  expect(idle.log(conversation.id).length + back.log(conversation.id).length).toBe(COUNT)
  await sender.cut()
})

test('[V21] what waits for all together has a bound: the heaviest go, and who reads stays', async () => {
  server = await ServerProcess.start(['--rate-limit', '0', '--max-waiting-mib', '1'])
  const ann = await server.account('ann')
  const bob = await server.account('bob')
  const sender = await WireClient.open(server.url, ann.token)
  const { conversation } = await sender.ask('conversation.create', {
    kind: 'group',
    members: [bob.user.id],
  })
  const idle = await Promise.all(
    Array.from({ length: 3 }, () => WireClient.open(server.url, bob.token)),
  )
  // Each answers the server's pings, and reads nothing else.
  for (const { socket } of idle) socket.pause()
  const heads = () => sender.pushes.filter(({ push }) => push === 'heads').length
  // Heads come every 2 s: what waits for each grows slowly enough that the bound of all is met before its own.
  while (!server.stderr.includes('the heaviest are closed')) {
    const before = heads()
    await pour(sender, conversation.id, 128)
    await sender.until(() => heads() > before)
  }
  expect(server.stderr).toContain('"code":4413')
  await sender.send(conversation.id, 'still here')
  expect(sender.socket.readyState).toBe(sender.socket.OPEN)
  for (const client of idle) await client.cut()
}, 60_000)

test('[V7] catching up on 40 MiB never fills a buffer: one who reads slowly is not cut off for it', async () => {
  const COUNT = (40 * MIB) / (16 * 1024)
  server = await ServerProcess.start()
  const ann = await server.account('ann')
  const sender = await WireClient.open(server.url, ann.token)
  const { conversation } = await sender.ask('conversation.create', { kind: 'group', members: [] })
  await pour(sender, conversation.id, COUNT)
  const late = await WireClient.open(server.url, ann.token, { cursors: { [conversation.id]: 0 } })
  // Stops reading at every tenth frame until the server has answered someone else.
  let frames = 0
  late.socket.on('message', () => {
    frames++
    if (frames % 10 !== 0) return
    late.socket.pause()
    sender.ask('users.find', { query: 'ann' }).then(
      () => late.socket.resume(),
      () => late.socket.terminate(),
    )
  })
  await late.reached(conversation.id, COUNT + 1)
  expect(late.anomalies).toEqual([])
  expect(late.socket.readyState).toBe(late.socket.OPEN)
})
