import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FaultProxy } from './fault-proxy.ts'

/** A server that sends back what it gets, and remembers it. */
class EchoServer {
  readonly server: Server = createServer((socket) => {
    this.sockets.push(socket)
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('utf8')
      socket.write(chunk)
    })
    socket.on('error', () => socket.destroy())
  })
  readonly sockets: Socket[] = []
  received = ''

  async start(): Promise<number> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
    return (this.server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }
}

/** A client that remembers what it hears. */
class Client {
  readonly socket: Socket
  heard = ''
  closed = false

  constructor(url: string) {
    this.socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1' })
    this.socket.on('data', (chunk: Buffer) => {
      this.heard += chunk.toString('utf8')
    })
    this.socket.on('error', () => this.socket.destroy())
    this.socket.on('close', () => {
      this.closed = true
    })
  }

  say(text: string): void {
    this.socket.write(text)
  }
}

let echo: EchoServer
let proxy: FaultProxy
beforeEach(async () => {
  echo = new EchoServer()
  proxy = await FaultProxy.start(await echo.start())
})
afterEach(async () => {
  await proxy.stop()
  await echo.stop()
})

/** A client whose line is known to work. */
async function talkingClient(): Promise<Client> {
  const client = new Client(proxy.url)
  client.say('hello ')
  await vi.waitFor(() => expect(client.heard).toBe('hello '))
  return client
}

test('bytes pass both ways and are counted', async () => {
  const client = await talkingClient()
  client.say('again')
  await vi.waitFor(() => expect(client.heard).toBe('hello again'))
  expect(proxy.bytes).toEqual({ toServer: 11, toClient: 11 })
  expect(proxy).toMatchObject({ attempts: 1, carried: 1, open: 1 })
})

test('cut: both ends see it, new connections are refused, and after restoring one works', async () => {
  const client = await talkingClient()
  proxy.cut()
  await vi.waitFor(() => expect(client.closed).toBe(true))
  await vi.waitFor(() => expect(echo.sockets[0]?.destroyed).toBe(true))
  const refused = new Client(proxy.url)
  await vi.waitFor(() => expect(refused.closed).toBe(true))
  expect(proxy).toMatchObject({ attempts: 2, carried: 1, open: 0 })
  proxy.restore()
  await talkingClient()
})

test('mute: what is said arrives, what is answered does not, not even later', async () => {
  const client = await talkingClient()
  proxy.mute()
  client.say('unheard')
  await vi.waitFor(() => expect(echo.received).toBe('hello unheard'))
  proxy.restore()
  client.say('!')
  await vi.waitFor(() => expect(echo.received).toBe('hello unheard!'))
  await talkingClient()
  expect(client.heard).toBe('hello ')
  expect(client.closed).toBe(false)
})

test('black hole: nothing arrives and nobody is told, not even of an end', async () => {
  const client = await talkingClient()
  proxy.blackHole()
  client.say('lost')
  echo.sockets[0]?.end()
  const another = new Client(proxy.url)
  another.say('lost too')
  await once(another.socket, 'connect')
  proxy.restore()
  await talkingClient()
  expect(client.heard).toBe('hello ')
  expect(client.closed).toBe(false)
  expect(echo.received).toBe('hello hello ')
})

test('freeze: nothing arrives until it thaws, and nothing is lost', async () => {
  const client = await talkingClient()
  proxy.freeze()
  client.say('one ')
  client.say('two')
  const other = await connectOnly()
  expect(echo.received).toBe('hello ')
  proxy.restore()
  await vi.waitFor(() => expect(client.heard).toBe('hello one two'))
  other.socket.destroy()
})

/** A connection through the proxy that has been accepted: whatever was sent before it has been looked at. */
async function connectOnly(): Promise<Client> {
  const client = new Client(proxy.url)
  await vi.waitFor(() => expect(proxy.carried).toBe(2))
  return client
}

test('slow: everything arrives in order, in more than one piece', async () => {
  const client = await talkingClient()
  proxy.slow(2_000)
  const pieces: string[] = []
  client.socket.on('data', (chunk: Buffer) => pieces.push(chunk.toString('utf8')))
  const text = 'x'.repeat(150) + 'y'.repeat(150)
  client.say(text)
  await vi.waitFor(() => expect(pieces.join('')).toBe(text), { timeout: 5_000 })
  expect(pieces.length).toBeGreaterThan(1)
})

test('a server that goes away takes its lines with it, and a new one is found', async () => {
  const client = await talkingClient()
  const next = new EchoServer()
  await echo.stop()
  await vi.waitFor(() => expect(client.closed).toBe(true))
  const refused = new Client(proxy.url)
  await vi.waitFor(() => expect(refused.closed).toBe(true))
  proxy.retarget(await next.start())
  await talkingClient()
  await next.stop()
})
