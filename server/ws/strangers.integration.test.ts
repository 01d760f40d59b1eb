import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

const MIB = 1024 * 1024
const TICKS_A_SECOND = 100

let server: ServerProcess
beforeAll(async () => {
  server = await ServerProcess.start()
})
afterAll(() => server.dispose())

/** Time that the server has spent computing, in ms. */
async function cpuMs(): Promise<number> {
  const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_A_SECOND
}

/** A hello of nearly 1 MiB whose every cursor is wrong. */
function costlyHello(token: string): string {
  const cursors: Record<string, unknown> = {}
  for (let i = 0; i < 40_000; i++) cursors[`stream ${i}`] = -1.5
  return JSON.stringify({ id: 1, op: 'hello', token, device: 'd', cursors })
}

/** One stranger after the other sends a frame, and waits for its end; the bytes of all. */
async function flood(frame: string, count: number): Promise<number> {
  for (let i = 0; i < count; i++) {
    const client = await WireClient.connect(server.url)
    client.socket.send(frame)
    expect([1013, 4400, 4401]).toContain(await client.closed)
  }
  return frame.length * count
}

test('[V24] costly frames of strangers cost next to nothing, and nobody else waits for them', async () => {
  const { token } = await server.account('ann')
  const bystander = await WireClient.open(server.url, token)
  const made = await bystander.ask('conversation.create', { kind: 'group', members: [] })
  const before = await cpuMs()
  const bytes = await Promise.all([
    flood(costlyHello('nobody'), 16),
    flood(`{"id":1,"op":"hello","token":["${'['.repeat(1_000_000)}`, 16),
    flood(`{"id":1,"op":"send","body":"${'x'.repeat(1_000_000)}"}`, 16),
  ])
  const spent = (await cpuMs()) - before
  const mib = bytes.reduce((sum, each) => sum + each, 0) / MIB
  expect(spent / mib).toBeLessThan(40)
  // From the same address, and with many cursors: those who are known are let in all the same.
  const cursors: Record<string, number> = {}
  for (let i = 0; i < 20_000; i++) cursors[`stream-${i}`] = 1
  const known = await WireClient.connect(server.url, { cursors })
  expect((await known.hello(token)).user.username).toBe('ann')
  await bystander.send(made.conversation.id, 'still here')
}, 60_000)

test('[V24] bytes before hello have an end, whatever they are', async () => {
  const client = await WireClient.connect(server.url)
  const ping = () => {
    if (client.socket.readyState !== client.socket.OPEN) return
    for (let i = 0; i < 2_000; i++) client.socket.ping('x'.repeat(100), true)
    client.socket.ping('', true, () => setImmediate(ping))
  }
  ping()
  expect([4408, 1006]).toContain(await client.closed)
  const { token } = await server.account('bob')
  await (await WireClient.open(server.url, token)).cut()
}, 30_000)
