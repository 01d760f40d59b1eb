import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { accountsApi, HTTP_TIMEOUT_MS } from './accounts-api.ts'
import { ManualTime } from './test-support/manual-time.ts'
import { Told } from './test-support/told.ts'

const SESSION = {
  token: 'token',
  expiresAt: '2026-01-01T00:00:00.000Z',
  user: { id: 'u1', username: 'alice', displayName: 'Alice' },
}
const CREDENTIALS = { username: 'alice', password: 'a long password' }

interface Call {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}

let http: Server
let url: string
let answer: { status: number; body: string; headers?: Record<string, string> } | null
const calls = new Told<Call>()
const time = new ManualTime()
const api = accountsApi({ timers: time })

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

beforeEach(async () => {
  calls.all.length = 0
  http = createServer((request, response) => {
    void textOf(request).then((body) => {
      const { method, url: path, headers } = request
      calls.add({ method, url: path, authorization: headers.authorization, body })
      if (answer !== null) response.writeHead(answer.status, answer.headers).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})

afterEach(async () => {
  http.closeAllConnections()
  await new Promise((resolve) => http.close(resolve))
})

describe('accounts and sessions over HTTP', () => {
  test('[O8] signing in brings a session', async () => {
    answer = { status: 200, body: JSON.stringify(SESSION) }
    expect(await api.createSession(url, CREDENTIALS)).toEqual({ ok: true, value: SESSION })
    expect(calls.all).toMatchObject([
      { method: 'POST', url: '/v1/sessions', body: JSON.stringify(CREDENTIALS) },
    ])
    expect(time.waiting).toBe(0)
  })

  test('[O8] creating an account does too, at a base address with a path', async () => {
    answer = { status: 201, body: JSON.stringify(SESSION) }
    const request = { ...CREDENTIALS, displayName: 'Alice' }
    expect(await api.createAccount(`${url}/chat`, request)).toEqual({ ok: true, value: SESSION })
    expect(calls.all).toMatchObject([{ url: '/chat/v1/accounts' }])
  })

  test('[O8] ending a session carries its token', async () => {
    answer = { status: 204, body: '' }
    expect(await api.deleteSession(url, 'secret')).toEqual({ ok: true, value: null })
    expect(calls.all).toMatchObject([{ method: 'DELETE', authorization: 'Bearer secret' }])
  })

  test('[O6] an error of the server is data', async () => {
    const error = { code: 'rate_limited', message: '', retryable: true, retryAfterMs: 5000 }
    answer = { status: 429, body: JSON.stringify(error) }
    expect(await api.createSession(url, CREDENTIALS)).toEqual({
      ok: false,
      failure: { kind: 'answered', error },
    })
  })

  test.each([
    ['a page', 200, '<html>Welcome to the hotel</html>', 'not_our_server'],
    ['a JSON of somebody else', 200, '{"token":7}', 'not_our_server'],
    ['a page that does not exist', 404, 'nothing here', 'not_our_server'],
    ['a gateway without a server', 502, 'bad gateway', 'unreachable'],
    ['an endless page', 200, 'x'.repeat(1_000_000), 'not_our_server'],
  ])('[O6] %s is not ours', async (_name, status, body, reason) => {
    answer = { status, body }
    expect(await api.createSession(url, CREDENTIALS)).toEqual({
      ok: false,
      failure: { kind: 'network', reason },
    })
  })

  test('[O6] a redirect is not followed: the password stays here', async () => {
    answer = { status: 307, body: '', headers: { location: `${url}/elsewhere` } }
    expect(await api.createSession(url, CREDENTIALS)).toMatchObject({
      failure: { reason: 'not_our_server' },
    })
    expect(calls.all).toHaveLength(1)
  })

  test('[O4] a server that says nothing is given up after ten seconds', async () => {
    answer = null
    const outcome = api.createSession(url, CREDENTIALS)
    await calls.until(() => true)
    time.advance(HTTP_TIMEOUT_MS)
    expect(await outcome).toEqual({ ok: false, failure: { kind: 'timeout' } })
  })

  test('[O6] a server that is not there: refused', async () => {
    const gone = createServer()
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve))
    const { port } = gone.address() as AddressInfo
    await new Promise((resolve) => gone.close(resolve))
    expect(await api.createSession(`http://127.0.0.1:${port}`, CREDENTIALS)).toEqual({
      ok: false,
      failure: { kind: 'network', reason: 'refused' },
    })
  })

  test.each([
    ['http://no-such-host.invalid', 'name_not_found'],
    ['nonsense', 'unknown'],
    ['ftp://example.org', 'unknown'],
  ])('[O6] %s: %s', async (address, reason) => {
    expect(await api.createSession(address, CREDENTIALS)).toEqual({
      ok: false,
      failure: { kind: 'network', reason },
    })
  })
})
