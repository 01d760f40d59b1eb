import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { Door, type DoorOptions } from './door.ts'

const PORT = 4711
const OPTIONS: DoorOptions = {
  host: '127.0.0.1',
  appSecret: null,
  trustProxy: [],
  metrics: 'local',
}

/** What proxies, balancers and networks say of themselves. */
const FORWARDING_HEADERS = [
  ...['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto'],
  ...['x-forwarded', 'x-forwarded-port', 'x-forwarded-scheme', 'x-forwarded-ssl', 'forwarded-for'],
  ...['x-original-forwarded-for', 'x-original-url', 'x-scheme', 'x-url-scheme', 'x-client-ip'],
  ...['cf-connecting-ip', 'cf-connecting-ipv6', 'cf-ray', 'cdn-loop', 'true-client-ip'],
  ...['fastly-client-ip', 'x-cluster-client-ip', 'x-envoy-external-address', 'front-end-https'],
  ...['x-proxy-user-ip', 'fly-client-ip', 'x-appengine-remote-ip'],
]

function request(headers: Record<string, string>, remoteAddress = '127.0.0.1'): IncomingMessage {
  return { headers, socket: { remoteAddress, localPort: PORT } } as unknown as IncomingMessage
}

const isRefused = (options: Partial<DoorOptions>, headers: Record<string, string>, peer?: string) =>
  new Door({ ...OPTIONS, ...options }).refusal(request(headers, peer)) !== null

describe('the door', () => {
  const bundled = { appSecret: 'secret' }

  test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])(
    '[V6] the bundled server answers to %s with its own port',
    (name) => {
      expect(isRefused(bundled, { host: `${name}:${PORT}` })).toBe(false)
      expect(isRefused(bundled, { host: `${name}:${PORT + 1}` })).toBe(true)
      expect(isRefused(bundled, { host: name })).toBe(true)
    },
  )

  test.each([
    'evil.example',
    `evil.example:${PORT}`,
    `127.0.0.1.evil.example:${PORT}`,
    `localhost.evil.example:${PORT}`,
    `localhost.:${PORT}`,
    `127.0.0.2:${PORT}`,
    `0.0.0.0:${PORT}`,
    `user@127.0.0.1:${PORT}`,
    `[::1]evil:${PORT}`,
    '',
  ])('[V6] and to no other name: %s', (host) => {
    expect(isRefused(bundled, { host })).toBe(true)
    // Nobody stands before a bundled server whose word would count.
    expect(isRefused({ ...bundled, trustProxy: ['127.0.0.1'] }, { host })).toBe(true)
  })

  test('[V6] a name is needed', () => {
    expect(isRefused(bundled, {})).toBe(true)
  })

  test('[V6] a server that only this machine can reach answers to names of this machine alone', () => {
    for (const host of ['127.0.0.1', 'localhost:9', '127.0.0.9:80', '[::1]:1']) {
      expect(isRefused({}, { host })).toBe(false)
    }
    for (const host of ['evil.example', `evil.example:${PORT}`, '10.0.0.1', 'localhost.evil']) {
      for (const listening of ['127.0.0.1', '::1', 'localhost', '127.0.0.9']) {
        expect(isRefused({ host: listening }, { host })).toBe(true)
      }
      expect(isRefused({ trustProxy: ['127.0.0.1'] }, { host })).toBe(false)
      expect(isRefused({ trustProxy: ['10.0.0.0/8'] }, { host })).toBe(true)
      expect(isRefused({ host: '0.0.0.0' }, { host })).toBe(false)
    }
  })

  test('[V6] a page elsewhere is refused, as at the socket', () => {
    const host = `127.0.0.1:${PORT}`
    expect(isRefused({}, { host, origin: 'https://evil.example' })).toBe(true)
    expect(isRefused({}, { host, origin: 'null' })).toBe(true)
    expect(isRefused({}, { host, origin: 'ferry://app' })).toBe(false)
    expect(isRefused({}, { host, origin: `http://${host}` })).toBe(false)
  })

  test('[V6] the app is known by its secret', () => {
    const isApp = (options: Partial<DoorOptions>, said: Record<string, string>) =>
      new Door({ ...OPTIONS, ...options }).visitor(request(said)).isApp
    expect(isApp(bundled, { 'ferry-app-secret': 'secret' })).toBe(true)
    expect(isApp(bundled, { 'ferry-app-secret': 'Secret' })).toBe(false)
    expect(isApp(bundled, { 'ferry-app-secret': '' })).toBe(false)
    expect(isApp(bundled, {})).toBe(false)
    expect(isApp({}, { 'ferry-app-secret': 'secret' })).toBe(false)
  })

  test('[V12] numbers are for this machine, not for those whom a proxy lets in', () => {
    const shows = (
      headers: Record<string, string>,
      peer?: string,
      options: Partial<DoorOptions> = {},
    ) => new Door({ ...OPTIONS, ...options }).showsMetrics(request(headers, peer))
    const host = `127.0.0.1:${PORT}`
    expect(shows({ host })).toBe(true)
    expect(shows({ host }, '::1')).toBe(true)
    expect(shows({ host }, '::ffff:127.0.0.1')).toBe(true)
    expect(shows({ host }, '10.0.0.1')).toBe(false)
    expect(shows({ host: 'chat.example' })).toBe(false)
    for (const name of FORWARDING_HEADERS) {
      expect(shows({ host, [name]: '10.0.0.1' }), name).toBe(false)
    }
    for (const name of ['accept', 'user-agent', 'x-request-id', 'connection', 'traceparent']) {
      expect(shows({ host, [name]: 'x' }), name).toBe(true)
    }
    expect(shows({ host: 'chat.example', via: 'x' }, '10.0.0.1', { metrics: 'any' })).toBe(true)
  })
})
