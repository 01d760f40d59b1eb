import { describe, expect, test } from 'vitest'
import type { User } from '../../protocol/model/user.ts'
import type { Accounts, NewUser } from '../store/store.ts'
import type { Signal } from '../stream/stream-bus.ts'
import { ManualClock } from '../test-support/manual-clock.ts'
import { AccountService, SESSION_MS } from './account-service.ts'
import { createFreshIds } from './fresh-id.ts'
import { hashToken } from './tokens.ts'

const DAY = 24 * 60 * 60 * 1000

/** Accounts in memory. */
class MemoryAccounts implements Accounts {
  readonly #users = new Map<string, NewUser>()
  readonly sessions = new Map<string, { user: User; expiresAt: number }>()
  extensions = 0

  async createUser(user: NewUser): Promise<boolean> {
    if (this.#users.has(user.usernameKey)) return false
    this.#users.set(user.usernameKey, user)
    return true
  }

  async credentials(usernameKey: string) {
    const user = this.#users.get(usernameKey)
    return user === undefined ? null : { user, passwordHash: user.passwordHash }
  }

  async createSession(session: Parameters<Accounts['createSession']>[0]): Promise<void> {
    const user = [...this.#users.values()].find(({ id }) => id === session.user)
    if (user === undefined) throw new Error('no such user')
    this.sessions.set(hex(session.tokenHash), { user, expiresAt: session.expiresAt })
  }

  async session(tokenHash: Uint8Array, now: number) {
    const session = this.sessions.get(hex(tokenHash))
    return session === undefined || session.expiresAt <= now ? null : session
  }

  async extendSession(tokenHash: Uint8Array, expiresAt: number): Promise<void> {
    this.extensions++
    const session = this.sessions.get(hex(tokenHash))
    if (session !== undefined) session.expiresAt = expiresAt
  }

  async deleteSession(tokenHash: Uint8Array): Promise<boolean> {
    return this.sessions.delete(hex(tokenHash))
  }

  async deleteExpiredSessions(): Promise<number> {
    return 0
  }

  async revokedWithin(): Promise<readonly Uint8Array[]> {
    return []
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function setUp(registration: 'open' | 'closed' = 'open') {
  const clock = new ManualClock()
  const store = new MemoryAccounts()
  const signals: Signal[] = []
  const verified: (string | null)[] = []
  const service = new AccountService({
    store,
    registration,
    timing: clock,
    freshId: createFreshIds(() => clock.now()),
    signal: (signal) => signals.push(signal),
    passwords: {
      hash: async (password) => `hash of ${password}`,
      verify: async (hash, password) => {
        verified.push(hash)
        return hash === `hash of ${password}`
      },
    },
  })
  return { clock, store, signals, verified, service }
}

const ann = { username: 'Ann', displayName: 'Ann', password: 'correct horse' }

async function made(service: AccountService) {
  const result = await service.create(ann, '10.0.0.1')
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

describe('accounts', () => {
  test('a token is good for 90 days, and only its hash is kept', async () => {
    const { service, store, clock } = setUp()
    const { token, expiresAt } = await made(service)
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(Date.parse(expiresAt)).toBe(clock.now() + SESSION_MS)
    expect([...store.sessions.keys()]).toEqual([hex(hashToken(token))])
    expect((await service.session(token))?.user.username).toBe('Ann')
    expect(await service.session(`${token}x`)).toBe(null)
    clock.jump(SESSION_MS)
    expect(await service.session(token)).toBe(null)
  })

  test('a session in use is extended, about once a day', async () => {
    const { service, store, clock } = setUp()
    const { token } = await made(service)
    await service.session(token)
    expect(store.extensions).toBe(0)
    clock.jump(2 * DAY)
    const session = await service.session(token)
    expect(session?.expiresAt).toBe(clock.now() + SESSION_MS)
    await service.session(token)
    expect(store.extensions).toBe(1)
  })

  test('[V6] signing out tells every node, once', async () => {
    const { service, signals } = setUp()
    const { token } = await made(service)
    expect(await service.signOut(token)).toBe(true)
    expect(await service.signOut(token)).toBe(false)
    expect(signals).toEqual([{ type: 'revoked', tokenHash: hex(hashToken(token)) }])
    expect(await service.session(token)).toBe(null)
  })

  test('a closed server takes no accounts, a display name that is no text is refused', async () => {
    expect(await setUp('closed').service.create(ann, 'x')).toMatchObject({
      error: { code: 'registration_closed' },
    })
    expect(await setUp().service.create({ ...ann, displayName: 'A\0' }, 'x')).toMatchObject({
      error: { code: 'invalid' },
    })
  })
})

describe('signing in', () => {
  test('an unknown name costs the same work as a wrong password, and is answered alike', async () => {
    const { service, verified } = setUp()
    await made(service)
    const wrong = await service.signIn({ username: 'ANN', password: 'x' }, '10.0.0.1')
    const unknown = await service.signIn({ username: 'bob', password: 'x' }, '10.0.0.1')
    expect(wrong).toEqual(unknown)
    expect(verified).toEqual(['hash of correct horse', null])
  })

  test('[V7] ten failures for a name from one address, then one in 30 s; success costs nothing', async () => {
    const { service, clock } = setUp()
    await made(service)
    const guess = () => service.signIn({ username: 'ann', password: 'x' }, '10.0.0.1')
    const right = () => service.signIn({ username: 'ann', password: ann.password }, '10.0.0.1')
    for (let i = 0; i < 30; i++) expect((await right()).ok).toBe(true)
    for (let i = 0; i < 10; i++) {
      expect(await guess()).toMatchObject({ error: { code: 'unauthenticated' } })
    }
    expect(await guess()).toMatchObject({
      error: { code: 'rate_limited', retryAfterMs: 30_000 },
    })
    expect(await right()).toMatchObject({ error: { code: 'rate_limited' } })
    await clock.pass(30_000)
    expect((await right()).ok).toBe(true)
  })

  test('[V7] someone else’s failures do not lock the owner out; failures from many places do, for a while', async () => {
    const { service } = setUp()
    await made(service)
    const signIn = (password: string, address: string) =>
      service.signIn({ username: 'ann', password }, address)
    for (let i = 0; i < 20; i++) await signIn('x', '10.6.6.6')
    expect((await signIn(ann.password, '10.0.0.1')).ok).toBe(true)
    for (let i = 0; i < 60; i++) await signIn('x', `10.6.6.${i}`)
    expect(await signIn(ann.password, '10.0.0.1')).toMatchObject({
      error: { code: 'rate_limited' },
    })
  })

  test('[V7] one address that tries many names is slowed down', async () => {
    const { service } = setUp()
    const answers = []
    for (let i = 0; i < 150; i++) {
      answers.push(await service.signIn({ username: `user${i}`, password: 'x' }, '10.6.6.6'))
    }
    const codes = answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(100)
    expect(codes.at(-1)).toBe('rate_limited')
  })

  test('[V7] attempts made at once do not outrun the limit', async () => {
    const { service } = setUp()
    await made(service)
    const guesses = await Promise.all(
      Array.from({ length: 40 }, () =>
        service.signIn({ username: 'ann', password: 'x' }, '10.0.0.1'),
      ),
    )
    const refused = guesses.filter((g) => !g.ok && g.error.code === 'rate_limited')
    // Two are hashed at one time: that many may have been looked at before the last failure counted.
    expect(refused.length).toBeGreaterThanOrEqual(40 - 10 - 2)
  })
})
