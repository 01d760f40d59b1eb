import { afterAll, beforeAll, expect, test } from 'vitest'
import { HttpError, Session } from '../../protocol/http/accounts.ts'
import { post, ServerProcess } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

let server: ServerProcess
beforeAll(async () => {
  server = await ServerProcess.start()
})
afterAll(() => server.dispose())

const ann = { username: 'Ann', displayName: 'Ann of Harbour', password: 'correct horse' }

test('an account is made once, however its name is written, and signs in', async () => {
  const made = await post(server.url, '/v1/accounts', ann)
  expect(made.status).toBe(201)
  const session = Session.parse(made.body)
  expect(session.user).toMatchObject({ username: 'Ann', displayName: 'Ann of Harbour' })
  expect(Date.parse(session.expiresAt)).toBeGreaterThan(Date.now())

  const again = await post(server.url, '/v1/accounts', { ...ann, username: 'aNN' })
  expect(again).toMatchObject({ status: 409, body: { code: 'username_taken', retryable: false } })

  const signedIn = await post(server.url, '/v1/sessions', {
    username: 'ANN',
    password: ann.password,
  })
  expect(signedIn.status).toBe(200)
  const other = Session.parse(signedIn.body)
  expect(other.user).toEqual(session.user)
  expect(other.token).not.toBe(session.token)
})

test('a wrong password and an unknown name are answered alike', async () => {
  const [wrong, unknown] = await Promise.all([
    post(server.url, '/v1/sessions', { username: 'Ann', password: 'wrong' }),
    post(server.url, '/v1/sessions', { username: 'nobody', password: 'wrong' }),
  ])
  expect(wrong).toEqual({ status: 401, body: expect.objectContaining({ code: 'unauthenticated' }) })
  expect(unknown).toEqual(wrong)
})

test('[V7] after repeated failures a name has to wait; others do not', async () => {
  await post(server.url, '/v1/accounts', { ...ann, username: 'bob' })
  const guesses = await Promise.all(
    Array.from({ length: 30 }, () =>
      post(server.url, '/v1/sessions', { username: 'bob', password: 'a guess' }),
    ),
  )
  const statuses = guesses.map(({ status }) => status)
  // Made at once, they do not outrun the limit.
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(12)
  const refused = guesses.find(({ status }) => status === 429)
  expect(HttpError.parse(refused?.body)).toMatchObject({ code: 'rate_limited', retryable: true })
  expect(HttpError.parse(refused?.body).retryAfterMs).toBeGreaterThan(1_000)
  const right = await post(server.url, '/v1/sessions', { username: 'bob', password: ann.password })
  expect(right.status).toBe(429)
  const other = await post(server.url, '/v1/sessions', { username: 'ann', password: ann.password })
  expect(other.status).toBe(200)
})

test.each([
  ['no JSON', '{', 'application/json', 400, 'invalid'],
  ['a field that is missing', '{"username":"x"}', 'application/json', 400, 'invalid'],
  [
    'a short password',
    JSON.stringify({ ...ann, password: 'short' }),
    'application/json',
    400,
    'invalid',
  ],
  [
    'a name with blanks',
    JSON.stringify({ ...ann, username: 'a b' }),
    'application/json',
    400,
    'invalid',
  ],
  ['a form', JSON.stringify(ann), 'text/plain', 400, 'invalid'],
  ['a megabyte', `{"username":"${'x'.repeat(1024 * 1024)}"}`, 'application/json', 413, 'too_large'],
])('%s is refused with the error of the contract', async (_, body, type, status, code) => {
  const response = await fetch(`${server.url}/v1/accounts`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  expect(response.status).toBe(status)
  expect(HttpError.parse(await response.json())).toMatchObject({ code, retryable: false })
})

test('what is not there is not_found', async () => {
  const response = await fetch(`${server.url}/v2/anything`)
  expect(response.status).toBe(404)
  expect(HttpError.parse(await response.json()).code).toBe('not_found')
})

test('/healthz says ok, /metrics tells numbers and no names', async () => {
  const { token } = await server.account('metrics-reader')
  const client = await WireClient.open(server.url, token)
  const { conversation } = await client.ask('conversation.create', { kind: 'group', members: [] })
  await client.send(conversation.id, 'a secret text')
  const health = await fetch(`${server.url}/healthz`)
  expect(health.status).toBe(200)
  expect(await health.json()).toMatchObject({ status: 'ok', database: 'ok' })
  const probe = await fetch(`${server.url}/healthz`, { method: 'HEAD' })
  expect([probe.status, await probe.text()]).toEqual([200, ''])
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  expect(metrics).toContain('ferry_requests_total{op="send",code="ok"} 1')
  expect(metrics).toContain('ferry_connections 1')
  expect(metrics).toContain('ferry_commit_batch_size_count')
  for (const secret of [conversation.id, token, 'metrics-reader', 'a secret text']) {
    expect(metrics).not.toContain(secret)
  }
})

test('no text, token or password is logged', () => {
  expect(server.stderr).not.toMatch(/secret text|correct horse|a guess/)
})
