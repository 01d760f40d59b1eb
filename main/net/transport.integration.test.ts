import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RequestBody } from '../sync/transport.ts'
import { CHECK_INTERVAL_MS } from './keep-alive.ts'
import { FakeServer } from './test-support/fake-server.ts'
import { Wired } from './test-support/wired.ts'

const SEND: RequestBody<'send'> = {
  op: 'send',
  key: '00000000-0000-4000-8000-000000000001',
  conversation: 'c',
  body: 'hello',
}
const MESSAGE = {
  id: 'm1',
  conversation: 'c',
  seq: 1,
  author: 'me',
  body: 'hello',
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  reactions: {},
}
const EVENTS = { push: 'events', stream: 'c', events: [] }

let server: FakeServer
let wired: Wired

beforeEach(async () => {
  server = await FakeServer.start()
  wired = new Wired()
})

afterEach(async () => {
  wired.transport.stop()
  await server.stop()
})

describe('a line', () => {
  test('[S1] hello says who, from where, and how far', async () => {
    wired.cursors = { c: 7 }
    await wired.online(`${server.url}/`)
    expect(server.asked.all[0]?.request).toMatchObject({
      id: 1,
      op: 'hello',
      token: 'token',
      device: 'device',
      cursors: { c: 7 },
    })
  })

  test('[S1] what comes right behind the hello is told after it', async () => {
    server.hello = null
    server.behaviour = ({ socket, request }) => {
      const user = { id: 'me', username: 'me', displayName: 'Me' }
      const info = { version: '1', editWindowMs: 1, maxBodyBytes: 1 }
      const hello = { re: request.id, ok: true, user, server: info, heads: { c: 1 } }
      socket.send(JSON.stringify(hello))
      socket.send(JSON.stringify(EVENTS))
    }
    wired.start(server.url)
    await wired.heard.until((heard) => heard.what === 'pushed')
    expect(wired.heard.all.map((heard) => heard.what)).toEqual([
      'state',
      'state',
      'greeted',
      'pushed',
    ])
  })

  test('[O6] each request ends with its own reply, in whatever order they come', async () => {
    const waiting: (() => void)[] = []
    server.behaviour = ({ reply, request }) => {
      waiting.unshift(() => reply({ message: { ...MESSAGE, id: `m${request.id}` }, seq: 1 }))
      if (waiting.length === 2) for (const answer of waiting) answer()
    }
    await wired.online(server.url)
    const [first, second] = await Promise.all([
      wired.transport.request<'send'>(SEND),
      wired.transport.request<'send'>(SEND),
    ])
    expect(first).toMatchObject({ ok: true, op: 'send', reply: { message: { id: 'm2' } } })
    expect(second).toMatchObject({ ok: true, op: 'send', reply: { message: { id: 'm3' } } })
  })

  test('[O6] an error is data', async () => {
    const error = { code: 'rate_limited', message: '', retryable: true, retryAfterMs: 7000 }
    server.behaviour = ({ reply }) => reply({ ok: false, error })
    await wired.online(server.url)
    expect(await wired.transport.request(SEND)).toEqual({
      ok: false,
      op: 'send',
      failure: { kind: 'answered', error },
    })
  })

  test('[O4] ten seconds without a reply are a time-out; the reply that comes then is nothing', async () => {
    await wired.online(server.url)
    const outcome = wired.transport.request(SEND)
    const asked = await server.asked.until(({ request }) => request.op === 'send')
    asked.socket.ping()
    wired.time.advance(10_000)
    expect(await outcome).toEqual({ ok: false, op: 'send', failure: { kind: 'timeout' } })
    asked.reply({ message: MESSAGE, seq: 1 })
    server.push(EVENTS)
    await wired.heard.until((heard) => heard.what === 'pushed')
    expect(wired.reports.all).not.toContainEqual(expect.objectContaining({ event: 'lost' }))
  })

  test('[O4] without a time-out a request waits as long as the line lives', async () => {
    await wired.online(server.url)
    const outcome = wired.transport.request(SEND, null)
    const asked = await server.asked.until(({ request }) => request.op === 'send')
    expect(wired.time.waiting).toBe(1)
    asked.socket.close(1012)
    expect(await outcome).toMatchObject({ failure: { kind: 'closed', closeCode: 1012 } })
  })

  test('[O11] a cut ends what was under way, and says so', async () => {
    await wired.online(server.url)
    const outcome = wired.transport.request(SEND)
    const asked = await server.asked.until(({ request }) => request.op === 'send')
    asked.socket.terminate()
    expect(await outcome).toEqual({
      ok: false,
      op: 'send',
      failure: { kind: 'network', reason: 'cut' },
    })
    const lost = await wired.heard.until((heard) => heard.what === 'lost')
    expect(lost).toEqual({ what: 'lost', reason: 'cut', closeCode: null })
  })

  test('[O4] without a line nothing is written, and the request says so at once', async () => {
    expect(await wired.transport.request(SEND)).toEqual({
      ok: false,
      op: 'send',
      failure: { kind: 'network', reason: 'unreachable' },
    })
  })
})

describe('a peer that does not speak the protocol', () => {
  const frames: [string, string | Buffer][] = [
    ['no JSON', '{'],
    ['no object', '7'],
    ['a binary frame', Buffer.from('{}')],
  ]

  test.each(frames)('[S5] %s: reported, left, and tried again', async (_name, frame) => {
    await wired.online(server.url)
    const outcome = wired.transport.request(SEND)
    const asked = await server.asked.until(({ request }) => request.op === 'send')
    asked.socket.send(frame)
    await wired.reports.until(({ event }) => event === 'invalid_frame')
    expect(await outcome).toMatchObject({ failure: { reason: 'not_our_server' } })
    expect(await wired.status('offline')).toMatchObject({ reason: 'not_our_server', failures: 1 })
  })

  test('[O5] a reply that cannot be read is an answer, and the line stays', async () => {
    await wired.online(server.url)
    server.behaviour = ({ socket, request }) => socket.send(`{"re":${request.id},"ok":true}`)
    const outcome = await wired.transport.request(SEND)
    expect(outcome).toMatchObject({ failure: { kind: 'answered', error: { retryable: true } } })
    expect(wired.heard.all.filter(({ what }) => what === 'lost')).toEqual([])
  })

  test('[O6] a report names fields, never what stood in them', async () => {
    await wired.online(server.url)
    server.push({ push: 'typing', conversation: 'secret words', user: 7 })
    const report = await wired.reports.until(({ event }) => event === 'misfit')
    expect(JSON.stringify(report)).not.toContain('secret')
    expect(report).toMatchObject({ problem: expect.stringContaining('user') })
  })
})

describe('reconnecting', () => {
  test('[S5] waits with full jitter, told with its time, and connects when it is over', async () => {
    const { port } = server
    await wired.online(server.url)
    await server.stop()
    const offline = await wired.status('offline')
    expect(offline).toEqual({ status: 'offline', failures: 1, reason: 'cut', retryAtMs: 500 })
    server = await FakeServer.start(port)
    wired.time.advance(499)
    expect(server.connected.all).toEqual([])
    wired.time.advance(1)
    await wired.status('online', 2)
  })

  test('[S5] each failure waits longer; nothing ends it but the server', async () => {
    const { port, url } = server
    await server.stop()
    wired.start(url)
    const waits: number[] = []
    for (let turn = 1; turn <= 9; turn += 1) {
      const { retryAtMs, reason } = await wired.status('offline', turn)
      expect(reason).toBe('refused')
      waits.push(retryAtMs - wired.time.monotonic())
      if (turn < 9) wired.time.advance(retryAtMs - wired.time.monotonic())
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000])
    server = await FakeServer.start(port)
    wired.time.advance(30_000)
    await wired.status('online')
  })

  test('[O13] "Try now" connects at once', async () => {
    const { port, url } = server
    await server.stop()
    wired.start(url)
    await wired.status('offline')
    server = await FakeServer.start(port)
    wired.transport.tryNow()
    await wired.status('online')
    expect(wired.time.monotonic()).toBe(0)
  })

  test('[O13] after waking up the line is left, whatever it says, and made anew', async () => {
    await wired.online(server.url)
    wired.transport.reconnect()
    await wired.status('online', 2)
    expect(server.connected.all).toHaveLength(2)
    expect(wired.heard.all).toContainEqual({ what: 'lost', reason: 'cut', closeCode: null })
  })

  test('[S5] what a server asks for before the next try is kept', async () => {
    await wired.online(server.url)
    const error = { code: 'unavailable', message: '', retryable: true, retryAfterMs: 9000 }
    server.push({ push: 'bye', error })
    server.connected.all[0]?.close(1013)
    expect(await wired.status('offline')).toMatchObject({ retryAtMs: 9000 })
  })

  test('[S5] a stop ends the line, the waiting and the timers', async () => {
    await wired.online(server.url)
    const outcome = wired.transport.request(SEND)
    wired.transport.stop()
    await wired.status('stopped')
    expect(await outcome).toMatchObject({ ok: false, failure: { kind: 'network' } })
    expect(wired.time.waiting).toBe(0)
  })

  test('[S5] starting for another server leaves the first', async () => {
    const other = await FakeServer.start()
    await wired.online(server.url)
    wired.start(other.url)
    await wired.status('online', 2)
    expect(other.connected.all).toHaveLength(1)
    expect(wired.heard.all.filter((heard) => heard.what === 'lost')).toHaveLength(1)
    wired.transport.stop()
    await other.stop()
  })
})

describe('signed out', () => {
  const error = { code: 'unauthenticated', message: '', retryable: false }

  test('[O8] a hello with an unknown token ends it: no further try', async () => {
    server.hello = null
    server.behaviour = ({ reply, socket }) => {
      reply({ ok: false, error })
      socket.close(4401)
    }
    wired.start(server.url)
    await wired.status('signed-out')
    expect(wired.time.waiting).toBe(0)
  })

  test('[O8] close code 4401 ends it too, and is told', async () => {
    await wired.online(server.url)
    server.connected.all[0]?.close(4401)
    await wired.status('signed-out')
    const lost = await wired.heard.until((heard) => heard.what === 'lost')
    expect(lost).toMatchObject({ closeCode: 4401 })
  })

  test('[O8] signing in again starts anew', async () => {
    await wired.online(server.url)
    server.connected.all[0]?.close(4401)
    await wired.status('signed-out')
    wired.start(server.url)
    await wired.status('online', 2)
  })
})

describe('what stands in the way', () => {
  /** Starts an HTTP server that answers everything with a status, and tells what the transport makes of it. */
  async function reasonFor(status: number): Promise<string> {
    const http = createServer((_request, response) => response.writeHead(status).end('Welcome'))
    http.on('upgrade', (_request, socket) => {
      socket.end(`HTTP/1.1 ${status} Portal\r\ncontent-length: 7\r\n\r\nWelcome`)
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    wired.start(`http://127.0.0.1:${(http.address() as AddressInfo).port}`)
    const { reason } = await wired.status('offline')
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
    return reason
  }

  test.each([
    [200, 'not_our_server'],
    [302, 'not_our_server'],
    [404, 'not_our_server'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [511, 'not_our_server'],
  ])('[S5] an answer %i that is not ours: %s', async (status, reason) => {
    expect(await reasonFor(status)).toBe(reason)
  })

  test('[S5] a name that does not exist', async () => {
    wired.start('http://no-such-host.invalid')
    expect(await wired.status('offline')).toMatchObject({ reason: 'name_not_found' })
  })

  test('[S5] an address that cannot be tried', async () => {
    wired.start('nonsense')
    expect(await wired.status('offline')).toMatchObject({ reason: 'unknown' })
  })

  test('[S5] TLS where there is none', async () => {
    wired.start(server.url.replace('http:', 'https:'))
    expect(await wired.status('offline')).toMatchObject({ reason: 'tls' })
  })

  test('[S5] one that accepts and says nothing is given up after ten seconds', async () => {
    const silent = createTcpServer()
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const arrived = new Promise((resolve) => silent.once('connection', resolve))
    wired.start(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`)
    await arrived
    wired.time.advance(10_000)
    expect(await wired.status('offline')).toMatchObject({ reason: 'unreachable' })
    silent.close()
  })

  test('[S5] one that never answers the hello is given up after ten seconds', async () => {
    server.hello = null
    wired.start(server.url)
    const { socket } = await server.asked.until(({ request }) => request.op === 'hello')
    const pinged = new Promise((resolve) => socket.once('ping', resolve))
    wired.time.advance(CHECK_INTERVAL_MS)
    await pinged
    wired.time.advance(2000)
    expect(await wired.status('offline')).toMatchObject({ reason: 'half_open' })
  })
})

describe('keeping alive', () => {
  test('[S5] a line that is half open is noticed within 20 s', async () => {
    await wired.online(server.url)
    const [socket] = server.connected.all
    const pinged = new Promise((resolve) => socket?.once('ping', resolve))
    wired.time.advance(CHECK_INTERVAL_MS)
    await pinged
    wired.time.advance(20_000 - CHECK_INTERVAL_MS)
    expect(await wired.status('offline')).toMatchObject({ reason: 'half_open' })
  })

  test('[S5] one that answers is kept', async () => {
    await wired.online(server.url)
    const [socket] = server.connected.all
    for (let turn = 0; turn < 5; turn += 1) {
      const pinged = new Promise((resolve) => socket?.once('ping', resolve))
      wired.time.advance(CHECK_INTERVAL_MS)
      await pinged
      server.push({ push: 'presence', user: `u${turn}`, online: true })
      await wired.heard.until((heard) => heard.what === 'pushed' && hasUser(heard.push, turn))
    }
    expect(wired.heard.all.some((heard) => heard.what === 'lost')).toBe(false)
  })

  test('[S6] while reading is paused nothing is told, and silence is no death', async () => {
    const other = new Wired()
    await wired.online(server.url)
    await other.online(server.url)
    wired.transport.pause()
    server.push(EVENTS)
    await other.heard.until((heard) => heard.what === 'pushed')
    server.behaviour = ({ reply }) => reply({ users: [] })
    await other.transport.request({ op: 'users.find', query: 'a' })
    wired.time.advance(CHECK_INTERVAL_MS * 5)
    expect(wired.heard.all.some((heard) => heard.what === 'pushed')).toBe(false)
    wired.transport.resume()
    await wired.heard.until((heard) => heard.what === 'pushed')
    expect(wired.heard.all.some((heard) => heard.what === 'lost')).toBe(false)
    other.transport.stop()
  })
})

function hasUser(push: object, turn: number): boolean {
  return 'user' in push && push.user === `u${turn}`
}
