import { afterAll, beforeAll, expect, test } from 'vitest'
import { post, ServerProcess } from '../test-support/server-process.ts'

const ann = { username: 'ann', password: 'correct horse' }

let server: ServerProcess
beforeAll(async () => {
  server = await ServerProcess.start(['--trust-proxy', '127.0.0.1'])
  expect((await post(server.url, '/v1/accounts', ann, seen('198.51.100.1'))).status).toBe(201)
})
afterAll(() => server.dispose())

/** What a proxy on this machine adds for somebody that it saw at this address. */
const seen = (address: string) => ({ host: 'chat.example', 'x-forwarded-for': address })

const signIn = async (body: object, address: string): Promise<number> =>
  (await post(server.url, '/v1/sessions', body, seen(address))).status

test('[V3] a stranger’s 110 failures refuse nobody else’s right password', async () => {
  const guesses: number[] = []
  for (let i = 0; i < 110; i++) {
    guesses.push(await signIn({ username: `user${i}`, password: 'a guess' }, '198.51.100.66'))
  }
  expect(guesses.at(-1)).toBe(429)
  expect(await signIn(ann, '198.51.100.1')).toBe(200)
  expect(await signIn(ann, '198.51.100.2')).toBe(200)
})

test('[V3] addresses that a client invents are passed over: guesses are counted', async () => {
  const guesses: number[] = []
  for (let i = 0; i < 30; i++) {
    const address = `203.0.113.${i}, 198.51.100.67`
    guesses.push(await signIn({ ...ann, password: 'a guess' }, address))
  }
  expect(guesses.filter((status) => status === 401)).toHaveLength(10)
  expect(guesses.at(-1)).toBe(429)
})

test('[V7] fifty failures from many addresses: the right password passes from a clean one, a little later', async () => {
  const guess = { ...ann, password: 'a guess' }
  await Promise.all(
    Array.from({ length: 60 }, (_, i) => signIn(guess, `192.0.2.${Math.floor(i / 5)}`)),
  )
  expect(await signIn(ann, '198.51.100.3')).toBe(200)
})

test('[V4] who asks for a thousand accounts keeps nobody waiting; who hangs up is not hashed for', async () => {
  const gone = new AbortController()
  const all = Array.from({ length: 1_000 }, (_, i) =>
    fetch(`${server.url}/v1/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '198.51.100.68' },
      body: JSON.stringify({ username: `flood-${i}`, password: 'long enough' }),
      signal: gone.signal,
    }).then(
      ({ status }) => status,
      () => 'hung up',
    ),
  )
  const first = await Promise.race(all)
  const startedAt = performance.now()
  expect(await signIn(ann, '198.51.100.1')).toBe(200)
  const fairMs = performance.now() - startedAt
  gone.abort()
  const outcomes = await Promise.all(all)
  const made = outcomes.filter((outcome) => outcome === 201).length
  // It came before most of the thousand: not behind them.
  expect(made).toBeLessThan(500)
  expect(outcomes.filter((outcome) => outcome === 429).length + made).toBeGreaterThan(0)
  expect([201, 429]).toContain(first)
  // Had those who hung up been hashed for, these would wait for about a thousand hashes.
  const afterAt = performance.now()
  expect(
    (await post(server.url, '/v1/accounts', { username: 'next', password: 'long enough' })).status,
  ).toBe(201)
  expect(performance.now() - afterAt).toBeLessThan(Math.max(fairMs * 5, 3_000))
})
