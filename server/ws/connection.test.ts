import { randomUUID } from 'node:crypto'
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import type WebSocket from 'ws'
import { wireError } from '../../protocol/wire/error.ts'
import type { Push } from '../../protocol/wire/push.ts'
import {
  type AccountService,
  EXTEND_AFTER_MS,
  type KnownSession,
  SESSION_MS,
} from '../accounts/account-service.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { StoreUnavailable } from '../store/store.ts'
import { Hub } from '../stream/hub.ts'
import { InProcessBus } from '../stream/in-process-bus.ts'
import { Presence } from '../stream/presence.ts'
import { ManualClock, settle } from '../test-support/manual-clock.ts'
import { Connection } from './connection.ts'
import { Strangers } from './doorstep.ts'
import {
  FEW_REQUESTS_UNDER_WAY,
  MAX_BYTES_BEFORE_HELLO,
  MAX_MISFITS_BEFORE_HELLO,
  MAX_REQUESTS_UNDER_WAY,
} from './limits.ts'
import { createRateLimits } from './rate-limits.ts'
import { type Answer, type AnyRequest, answer } from './request-handler.ts'
import { Turn } from './socket-outlet.ts'

/** The library's socket, as far as a connection uses it. */
class FakeSocket extends EventEmitter {
  closedWith: number | null = null
  isPaused = false
  pings = 0
  terminated = false

  close(code: number): void {
    this.closedWith = code
  }

  terminate(): void {
    this.terminated = true
    this.emit('close', 1006)
  }

  ping(): void {
    this.pings++
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }
}

function setUp(rateLimit = 0) {
  const clock = new ManualClock()
  const bus = new InProcessBus(async () => ({ entries: [], head: 0 }), { shared: false })
  const sessions = new Map<string, KnownSession>()
  const asked: string[] = []
  const user = { id: 'ann', username: 'ann', displayName: 'Ann' }
  const expiresAt = clock.now() + SESSION_MS
  sessions.set('good', { user, expiresAt, tokenHash: Buffer.from('good') })
  const accounts = {
    session: async (token: string) => sessions.get(token) ?? null,
    sessionOfHash: async (hash: Uint8Array) => {
      asked.push(String(hash))
      return sessions.get(String(hash)) ?? null
    },
  } as unknown as AccountService
  const presence = new Presence({
    node: 'n',
    timing: clock,
    signal: () => undefined,
    audience: () => [],
  })
  const hub = new Hub({
    bus,
    timing: clock,
    store: {
      readableHeads: async () => new Map([['user:ann', 0]]),
      heads: async () => new Map(),
      isMember: async () => false,
    },
    onFailure: () => undefined,
    onCatchUpPage: () => undefined,
    onPresence: () => undefined,
    onJoined: () => undefined,
    onInterrupted: () => undefined,
  })
  const handled: AnyRequest[] = []
  const doors: ((result: Answer | Error) => void)[] = []
  const ws = new FakeSocket()
  const wire = new PassThrough({ highWaterMark: 64 * 1024 * 1024 })
  const connection = new Connection(
    1,
    ws as unknown as WebSocket,
    Object.assign(wire, { bytesWritten: 0 }) as unknown as Socket,
    '192.0.2.1',
    {
      accounts,
      hub,
      presence,
      handle: (request) => {
        handled.push(request)
        return new Promise((resolve, reject) =>
          doors.push((result) => (result instanceof Error ? reject(result) : resolve(result))),
        )
      },
      pace: createRateLimits(rateLimit),
      metrics: createMetrics(),
      log: pino({ level: 'silent' }),
      timing: clock,
      turn: new Turn(),
      strangers: new Strangers(),
      editWindowMs: 1,
      instance: 'i',
      restoredTo: null,
    },
  )
  const take = (frame: object) => ws.emit('message', Buffer.from(JSON.stringify(frame)), false)
  return {
    ...{ clock, hub, ws, connection, handled, doors, sessions, asked, take, accounts },
    hello: async (token = 'good') => {
      take({ id: 1, op: 'hello', token, device: 'd', cursors: {} })
      await settle()
    },
    sent: async (): Promise<(Push & { re?: number; error?: { code: string } })[]> => {
      await settle()
      return readFrames(wire)
    },
  }
}

/** Every frame that was written since the last call. */
function readFrames(wire: PassThrough): (Push & { re?: number; error?: { code: string } })[] {
  const bytes: Buffer = wire.read() ?? Buffer.alloc(0)
  const frames = []
  let at = 0
  while (at < bytes.length) {
    const short = bytes[at + 1] ?? 0
    const header = short < 126 ? 2 : 4
    const length = short < 126 ? short : bytes.readUInt16BE(at + 2)
    frames.push(JSON.parse(bytes.toString('utf8', at + header, at + header + length)))
    at += header + length
  }
  return frames
}

const typing = (id: number) => ({ id, op: 'typing', conversation: 'c' })

describe('a connection', () => {
  test('[V7] without hello for 10 s it is closed with 4408, after a bye', async () => {
    const { clock, ws, sent } = setUp()
    await clock.pass(9_999)
    expect(ws.closedWith).toBe(null)
    await clock.pass(1)
    expect(ws.closedWith).toBe(4408)
    expect(await sent()).toMatchObject([{ push: 'bye' }])
  })

  test('with hello in time it is not', async () => {
    const { clock, ws, hello } = setUp()
    await clock.pass(9_000)
    await hello()
    await clock.pass(9_000)
    expect(ws.closedWith).toBe(null)
  })

  test('[V24] a large hello is read when its token is somebody’s, with what followed it', async () => {
    const { take, sent, handled, ws } = setUp()
    const cursors = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`c${i}`, i]))
    take({ id: 1, op: 'hello', token: 'good', device: 'd', cursors })
    take({ id: 2, op: 'send', key: randomUUID(), conversation: 'c', body: 'x'.repeat(16_000) })
    expect((await sent())[0]).toMatchObject({ re: 1, ok: true })
    expect(handled).toMatchObject([{ id: 2, op: 'send' }])
    expect(ws.closedWith).toBe(null)
    expect(ws.isPaused).toBe(false)
  })

  test('[V24] a large hello of nobody is answered without being read, and closed', async () => {
    const { take, sent, ws, clock } = setUp()
    const cursors = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`c${i}`, 'bad']))
    take({ id: 1, op: 'hello', token: 'nobody', device: 'd', cursors })
    expect(await sent()).toMatchObject([
      { re: 1, error: { code: 'unauthenticated' } },
      { push: 'bye' },
    ])
    expect(ws.closedWith).toBe(4401)
    // It does not get the time of one who is known.
    await clock.pass(2_000)
    expect(ws.terminated).toBe(true)
  })

  test('[V24] too many bytes, or frames that fit nothing, before hello close it', async () => {
    const bytes = setUp()
    expect(bytes.connection.heard(MAX_BYTES_BEFORE_HELLO)).toBe(true)
    expect(bytes.connection.heard(1)).toBe(false)
    expect(bytes.ws.closedWith).toBe(4408)
    const misfits = setUp()
    for (let id = 1; id <= MAX_MISFITS_BEFORE_HELLO; id++) misfits.take({ id, op: 'dance' })
    expect(misfits.ws.closedWith).toBe(null)
    misfits.take({ id: 99, op: 'dance' })
    expect(misfits.ws.closedWith).toBe(4400)
  })

  test('[V6] a session that expires closes the socket with 4401; one that was extended does not', async () => {
    const { clock, ws, hello, sessions, connection } = setUp()
    await hello()
    const session = sessions.get('good')
    if (session === undefined) throw new Error('no session')
    clock.jump(session.expiresAt - clock.now())
    sessions.set('good', { ...session, expiresAt: clock.now() + 1_000 })
    connection.look()
    await settle()
    expect(ws.closedWith).toBe(null)
    clock.jump(1_000)
    sessions.delete('good')
    connection.look()
    await settle()
    expect(ws.closedWith).toBe(4401)
  })

  test('[V6] a revocation is acted on although an older question was answered after it', async () => {
    const { ws, hello, sessions, connection } = setUp()
    await hello()
    connection.recheck()
    sessions.delete('good')
    connection.recheck()
    await settle()
    expect(ws.closedWith).toBe(4401)
  })

  test('[V11] one that is closed is read on, so that the closing handshake does not wait', async () => {
    const { ws, hello, connection, take, handled } = setUp()
    await hello()
    await connection.stop()
    expect(ws.isPaused).toBe(true)
    connection.close(1012, wireError('unavailable', 'The server restarts.'))
    expect(ws.isPaused).toBe(false)
    take(typing(2))
    expect(handled).toEqual([])
  })

  test('a session in use is extended about once a day, while it is connected', async () => {
    const { clock, hello, connection, sessions, asked } = setUp()
    await hello()
    const before = asked.length
    connection.look()
    expect(asked).toHaveLength(before)
    clock.jump(EXTEND_AFTER_MS)
    const session = sessions.get('good')
    if (session === undefined) throw new Error('no session')
    sessions.set('good', { ...session, expiresAt: clock.now() + SESSION_MS })
    for (let i = 0; i < 5; i++) {
      connection.look()
      await settle()
    }
    expect(asked).toHaveLength(before + 1)
  })

  test('[V6] a token revoked while hello is answered is not greeted', async () => {
    const { ws, hello, sessions, hub, sent } = setUp()
    const revoked = hello()
    sessions.delete('good')
    await revoked
    expect(await sent()).toMatchObject([
      { re: 1, error: { code: 'unauthenticated' } },
      { push: 'bye' },
    ])
    expect(ws.closedWith).toBe(4401)
    expect(hub.sessionsOf('ann').size).toBe(0)
  })

  test('[V7] a hello that the database fails half-way leaves no session behind', async () => {
    const { ws, hello, hub, accounts, sent } = setUp()
    accounts.sessionOfHash = async () => {
      throw new StoreUnavailable('away')
    }
    await hello()
    expect(await sent()).toMatchObject([
      { re: 1, error: { code: 'unavailable', retryable: true } },
      { push: 'bye' },
    ])
    expect(ws.closedWith).toBe(1013)
    expect(hub.sessionsOf('ann').size).toBe(0)
    expect(hub.topics).toBe(0)
  })

  test('[V7] a peer that gives no sign of life is pinged, then dropped; its session is gone', async () => {
    const { clock, ws, hello, hub, connection } = setUp()
    await hello()
    for (let second = 0; second < 44; second++) {
      await clock.pass(1_000)
      connection.look()
    }
    expect(ws.pings).toBeGreaterThan(0)
    expect(ws.terminated).toBe(true)
    expect(hub.sessionsOf('ann').size).toBe(0)
  })

  test('[V7] with too many requests under way the socket is not read, until few are left', async () => {
    const { ws, hello, take, doors, handled } = setUp()
    await hello()
    for (let i = 0; i < MAX_REQUESTS_UNDER_WAY; i++) take(typing(i + 2))
    expect(ws.isPaused).toBe(true)
    expect(handled).toHaveLength(MAX_REQUESTS_UNDER_WAY)
    for (const open of doors.slice(0, FEW_REQUESTS_UNDER_WAY - 1)) open(answer({}))
    await settle()
    expect(ws.isPaused).toBe(true)
    doors[FEW_REQUESTS_UNDER_WAY - 1]?.(answer({}))
    await settle()
    expect(ws.isPaused).toBe(false)
  })

  test('[V7] one who keeps asking too fast is not read for a moment', async () => {
    const { ws, hello, take, clock, handled } = setUp(1)
    await hello()
    for (let i = 0; i < 300; i++) take(typing(i + 2))
    expect(handled).toHaveLength(2)
    expect(ws.isPaused).toBe(true)
    await clock.pass(1_000)
    expect(ws.isPaused).toBe(false)
  })

  test('[V7] frames that fit nothing keep the pace too', async () => {
    const { hello, take, sent } = setUp(1)
    await hello()
    await sent()
    for (let id = 2; id < 8; id++) take({ id, op: 'dance' })
    expect((await sent()).map(({ error }) => error?.code)).toEqual([
      ...['invalid', 'invalid'],
      ...['rate_limited', 'rate_limited', 'rate_limited', 'rate_limited'],
    ])
  })

  test('[V7] pages are read one at a time, however many are asked for', async () => {
    const { hello, take, handled, doors } = setUp()
    await hello()
    for (let id = 2; id < 8; id++) take({ id, op: 'history', conversation: 'c', limit: 10 })
    take(typing(9))
    await settle()
    expect(handled.map(({ id }) => id)).toEqual([9, 2])
    doors[1]?.(answer({ messages: [] }))
    await settle()
    expect(handled.map(({ id }) => id)).toEqual([9, 2, 3])
  })

  test('what fails is unavailable or internal, and the next request is served', async () => {
    const { hello, take, doors, sent } = setUp()
    await hello()
    await sent()
    for (const id of [2, 3, 4]) take(typing(id))
    doors[0]?.(new StoreUnavailable('full'))
    doors[1]?.(new Error('a defect'))
    doors[2]?.(answer({}))
    expect(await sent()).toMatchObject([
      { re: 2, error: { code: 'unavailable', retryable: true, retryAfterMs: 1_000 } },
      { re: 3, error: { code: 'internal', retryable: true } },
      { re: 4, ok: true },
    ])
  })

  test('[V11] a stop waits for what was taken, and reads no more', async () => {
    const { hello, take, doors, ws, connection, sent } = setUp()
    await hello()
    await sent()
    take(typing(2))
    let stopped = false
    const stopping = connection.stop().then(() => {
      stopped = true
    })
    await settle()
    expect(ws.isPaused).toBe(true)
    expect(stopped).toBe(false)
    doors[0]?.(answer({}))
    await stopping
    expect(await sent()).toMatchObject([{ re: 2, ok: true }])
  })
})
