import { afterEach, beforeEach, expect, test } from 'vitest'
import { FEATURES, PROTOCOL_VERSION } from '../../protocol/wire/versions.ts'
import { FakeServer } from './test-support/fake-server.ts'
import { Wired } from './test-support/wired.ts'

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

test('[G1] what is of a newer server, or does not fit, is passed over, and the line stays', async () => {
  await wired.online(server.url)
  const odd = [{ push: 'surprise' }, { news: 1 }, { push: 'typing', conversation: 7 }, { re: 99 }]
  for (const frame of odd) server.push(frame)
  server.push({ push: 'presence', user: 'u1', online: true })
  await wired.heard.until((heard) => heard.what === 'pushed')
  expect(wired.heard.all.filter(({ what }) => what === 'misfit')).toHaveLength(2)
  expect(wired.heard.all.filter(({ what }) => what === 'lost')).toEqual([])
})

test('[G1] hello tells the version and what is understood', async () => {
  await wired.online(server.url)
  const { request } = await server.asked.until((asked) => asked.request.op === 'hello')
  expect(request).toMatchObject({ protocol: PROTOCOL_VERSION, features: FEATURES })
})

test('[G1] what a newer server tells of itself in a way that does not fit is passed over', async () => {
  const odd = { version: '99', editWindowMs: 1, maxBodyBytes: 1, protocol: 'many', features: 7 }
  server.hello = { heads: {}, server: { ...odd, region: 'moon' }, weather: 'fine' }
  await wired.online(server.url)
})

test.each(['an error', 'a close code'])(
  '[G2] %s says that a newer client is needed',
  async (how) => {
    server.hello = null
    server.behaviour = ({ socket, request }) => {
      const error = { code: 'client_too_old', message: '', retryable: false }
      if (how === 'an error') socket.send(JSON.stringify({ re: request.id, ok: false, error }))
      else socket.close(4426)
    }
    wired.start(server.url)
    await wired.status('outdated')
    wired.time.advance(24 * 60 * 60_000)
    expect(server.connected.all).toHaveLength(1)

    server.hello = { heads: {} }
    wired.transport.tryNow()
    await wired.status('online')
  },
)
