import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ServerProcess } from '../test-support/server-process.ts'
import { Refused, WireClient } from '../test-support/wire-client.ts'

let server: ServerProcess
let token: string
let conversation: string

beforeAll(async () => {
  server = await ServerProcess.start()
  token = (await server.account('ann')).token
  const client = await WireClient.open(server.url, token)
  const made = await client.ask('conversation.create', { kind: 'group', members: [] })
  conversation = made.conversation.id
  await client.cut()
})
afterAll(() => server.dispose())

/** The server still works. */
async function expectService(): Promise<void> {
  const client = await WireClient.open(server.url, token)
  expect((await client.send(conversation, 'still here')).message.body).toBe('still here')
  await client.cut()
}

test.each([
  ['not JSON', 'hello?'],
  ['half a frame', '{"id":1,"op":"he'],
  ['a bare value', '42'],
  ['null', 'null'],
  ['a list', '[{"id":1,"op":"hello"}]'],
  ['no id', '{"op":"hello"}'],
  ['an id that is no number', '{"id":"1","op":"hello"}'],
  ['an id below 1', '{"id":0,"op":"hello"}'],
  ['binary', Buffer.from([1, 2, 3])],
])('a frame that is not the protocol (%s) closes with 4400 after a bye', async (_, frame) => {
  const client = await WireClient.open(server.url, token)
  client.socket.send(frame)
  expect(await client.closed).toBe(4400)
  expect(client.pushes.at(-1)).toMatchObject({ push: 'bye', error: { code: 'invalid' } })
  await expectService()
})

test('a frame over 1 MiB closes with 1009 after a bye', async () => {
  const client = await WireClient.open(server.url, token)
  client.socket.send(JSON.stringify({ id: 1, op: 'send', body: 'x'.repeat(1024 * 1024) }))
  expect(await client.closed).toBe(1009)
  expect(client.pushes.at(-1)).toMatchObject({ push: 'bye', error: { code: 'too_large' } })
  await expectService()
})

test('text that is not UTF-8 closes with 4400 after a bye', async () => {
  const client = await WireClient.open(server.url, token)
  client.socket.send(Buffer.from([0xc3, 0x28]), { binary: false })
  expect(await client.closed).toBe(4400)
  expect(client.pushes.at(-1)).toMatchObject({ push: 'bye', error: { code: 'invalid' } })
  await expectService()
})

test('a field that does not fit, or an unknown op, is invalid and named; the connection goes on', async () => {
  const client = await WireClient.open(server.url, token)
  const key = randomUUID()
  const misfits: [object, string][] = [
    [{ op: 'send', key, conversation }, 'body'],
    [{ op: 'send', key, conversation, body: '' }, 'body'],
    [{ op: 'send', key: 'no uuid', conversation, body: 'x' }, 'key'],
    [{ op: 'send', key, conversation: 'a b', body: 'x' }, 'conversation'],
    [{ op: 'events', stream: conversation, after: -1, limit: 10 }, 'after'],
    [{ op: 'events', stream: conversation, after: 0, limit: 501 }, 'limit'],
    [{ op: 'history', conversation, limit: 201 }, 'limit'],
    [{ op: 'member.role', key, conversation, user: 'u', role: 'king' }, 'role'],
    [{ op: 'fly' }, 'op'],
    [{}, 'op'],
  ]
  for (const [fields, field] of misfits) {
    expect(await client.request(fields)).toMatchObject({
      ok: false,
      error: { code: 'invalid', retryable: false, details: { fields: [field] } },
    })
  }
  expect(await client.codeOf({ op: 'hello', token, device: 'd', cursors: {} })).toBe('invalid')
  expect(await client.codeOf({ op: 'send', key, conversation, body: 'fine' })).toBe('ok')
})

test('a body over 16 KiB of UTF-8 is too_large, one of exactly that is not', async () => {
  const client = await WireClient.open(server.url, token)
  const send = (body: string) =>
    client.request({ op: 'send', key: randomUUID(), conversation, body })
  expect(await send('é'.repeat(8_192))).toMatchObject({ ok: true })
  expect(await send('é'.repeat(8_193))).toMatchObject({
    ok: false,
    error: { code: 'too_large', retryable: false, details: { bytes: 16_386, maxBytes: 16_384 } },
  })
})

test('a request before hello is unauthenticated, and closes with 4401', async () => {
  const client = await WireClient.connect(server.url)
  const key = randomUUID()
  expect(await client.codeOf({ op: 'send', key, conversation, body: 'x' })).toBe('unauthenticated')
  expect(await client.closed).toBe(4401)
})

test('an unknown token is unauthenticated, and closes with 4401', async () => {
  const client = await WireClient.connect(server.url)
  await expect(client.hello('nobody has this token')).rejects.toThrow(Refused)
  expect(await client.closed).toBe(4401)
})

test('requests that follow hello at once are answered after it, in order', async () => {
  const client = await WireClient.connect(server.url)
  const hello = client.hello(token)
  const sends = Array.from({ length: 20 }, (_, i) => client.send(conversation, `eager ${i}`))
  await hello
  const seqs = (await Promise.all(sends)).map(({ seq }) => seq)
  expect(seqs).toEqual(Array.from({ length: 20 }, (_, i) => (seqs[0] ?? 0) + i))
})

test('only the app, this host and this machine may open a socket from a page', async () => {
  const host = new URL(server.url).host
  for (const origin of ['ferry://app', `http://${host}`, 'http://localhost:5173']) {
    const client = await WireClient.open(server.url, token, { headers: { origin } })
    await client.cut()
  }
  for (const origin of [
    'https://evil.example',
    'null',
    'file://',
    'http://127.0.0.1.evil.example',
  ]) {
    await expect(WireClient.connect(server.url, { headers: { origin } })).rejects.toThrow('403')
  }
})

test('[V7] an upgrade that is refused leaves no socket behind, even if the peer never ends its side', async () => {
  const port = Number(new URL(server.url).port)
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const answered = once(peer, 'data')
  const broken = new Promise<Error>((resolve) => peer.once('error', resolve))
  peer.write(
    [
      'GET /elsewhere HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      '',
      '',
    ].join('\r\n'),
  )
  expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 404 /)
  // What is written to a socket that is no more is answered with a reset.
  const breaks = () => {
    if (peer.errored === null) peer.write('x')
    return peer.errored !== null
  }
  await expect.poll(breaks).toBe(true)
  expect(await broken).toMatchObject({ code: expect.stringMatching(/^(EPIPE|ECONNRESET)$/) })
  await expectService()
})
