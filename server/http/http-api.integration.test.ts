import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
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

test('[V7] after repeated failures a name has to wait; the right password and others do not', async () => {
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
  // The account was made from here: its password passes here, whatever else came from here.
  const right = await post(server.url, '/v1/sessions', { username: 'bob', password: ann.password })
  expect(right.status).toBe(200)
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

test('[V19] a name that looks like one that is taken is taken; one with what is not seen in it is none', async () => {
  const make = async (username: string) =>
    (await post(server.url, '/v1/accounts', { ...ann, username })).status
  expect(await make('alice')).toBe(201)
  for (const twin of ['a1ice', 'AIice', 'ＡＬＩＣＥ', 'ali\u0441e'.normalize()]) {
    expect([400, 409]).toContain(await make(twin))
  }
  for (const unseen of [
    'alice\ufe0f',
    'al\u034fice',
    'alice\u3164',
    '\u3164\u3164',
    'alice\u17b4',
  ]) {
    expect(await make(unseen)).toBe(400)
  }
  // All of it Cyrillic, and all of it looks Latin.
  expect(await make('scope')).toBe(201)
  expect(await make('ѕсоре')).toBe(409)
  expect(await make('иван')).toBe(201)
})

test('[F14] [F15] a display name that turns, breaks or shows nothing is refused, and may be left out', async () => {
  const make = (displayName: unknown, username = 'named') =>
    post(server.url, '/v1/accounts', { username, displayName, password: ann.password })
  for (const name of ['Evil\u202e', 'a\nb', '\u200b', '\u2800', '\u3164', ' ', 'a\u0000', 'Аnn']) {
    expect(await make(name)).toMatchObject({
      status: 400,
      body: { code: 'invalid', details: { fields: ['displayName'] } },
    })
  }
  expect(await make(undefined)).toMatchObject({
    status: 201,
    body: { user: { username: 'named', displayName: 'named' } },
  })
  expect(await make('Zoë ❤️', 'zoë')).toMatchObject({ status: 201 })
})

test('[F25] a password is the same in both of its forms', async () => {
  const password = 'pässwörd élan'
  const account = { username: 'forms', password: password.normalize('NFC') }
  expect((await post(server.url, '/v1/accounts', account)).status).toBe(201)
  const other = { ...account, password: password.normalize('NFD') }
  expect((await post(server.url, '/v1/sessions', other)).status).toBe(200)
})

test('[F14] titles are held to the same', async () => {
  const { token } = await server.account('titles')
  const client = await WireClient.open(server.url, token)
  const make = (title: string) =>
    client.codeOf({
      op: 'conversation.create',
      key: randomUUID(),
      kind: 'group',
      title,
      members: [],
    })
  expect(await make('Evil\u202e')).toBe('invalid')
  expect(await make('\u200b')).toBe('invalid')
  expect(await make('Harbour ⚓️')).toBe('ok')
})

/** Sends exactly these lines; the status line of the answer. */
function raw(lines: readonly string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
    })
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    socket.on('end', () => resolve(said))
    socket.on('error', reject)
  })
}

test('[V20] a request that offers to speak HTTP/2 is served as if it had not', async () => {
  const offer = [
    `Host: ${new URL(server.url).host}`,
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
  ]
  expect(await raw(['GET /healthz HTTP/1.1', ...offer])).toMatch(/^HTTP\/1.1 200 /)
  const body = JSON.stringify({ username: 'ann', password: ann.password })
  const post = ['POST /v1/sessions HTTP/1.1', ...offer, 'Content-Type: application/json']
  const whole = await raw([...post, `Content-Length: ${body.length}`], body)
  expect(whole).toMatch(/^HTTP\/1.1 200 /)
  expect(whole).toContain('"token"')
  const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  expect(await raw([...post, 'Transfer-Encoding: chunked'], chunked)).toMatch(/^HTTP\/1.1 200 /)
  expect(await raw(['GET /nowhere HTTP/1.1', ...offer])).toMatch(/^HTTP\/1.1 404 /)
})

test('[V6] a page that lets its name lead here is turned away, at HTTP and at the socket', async () => {
  const ask = (path: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(`${server.url}${path}`, { headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })
  const { port } = new URL(server.url)
  const evil = `evil.example:${port}`
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  }
  expect(await ask('/healthz', { host: evil, origin: `http://${evil}` })).toBe(403)
  expect(await ask('/healthz', { host: evil })).toBe(403)
  expect(await ask('/healthz', { origin: 'https://evil.example' })).toBe(403)
  expect(await ask('/healthz', { host: `localhost:${port}` })).toBe(200)
  expect(await ask('/v1/socket', { ...upgrade, host: evil, origin: `http://${evil}` })).toBe(403)
  expect(await ask('/v1/socket', { ...upgrade, origin: 'https://evil.example' })).toBe(403)
})

test('[V12] /metrics is not for those whom a proxy lets in', async () => {
  const asked = await fetch(`${server.url}/metrics`, { headers: { 'x-forwarded-for': '9.9.9.9' } })
  expect(asked.status).toBe(403)
})

test('[V17] accounts and failed sign-ins leave a line with the address, and never with what was typed', async () => {
  const username = 'a-password-typed-into-the-wrong-field'
  await post(server.url, '/v1/sessions', { username, password: 'a guess' })
  await post(server.url, '/v1/accounts', { ...ann, username: 'logged' })
  await expect.poll(() => server.stderr).toMatch(/"event":"registration","address":"127.0.0.1"/)
  expect(server.stderr).toMatch(
    /"event":"sign_in_refused","address":"127.0.0.1","code":"unauthenticated"/,
  )
  expect(server.stderr).not.toContain(username)
})

test('no text, token or password is logged', () => {
  expect(server.stderr).not.toMatch(/secret text|correct horse|a guess/)
})
