import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

describe('whom a request is counted for', () => {
  const from = (remoteAddress: string, forwarded?: string | string[]) =>
    clientAddress({
      socket: { remoteAddress },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    } as unknown as IncomingMessage)

  test('the peer; behind a proxy on this machine, whom the proxy saw', () => {
    expect(from('10.0.0.7')).toBe('10.0.0.7')
    expect(from('127.0.0.1')).toBe('127.0.0.1')
    expect(from('127.0.0.1', '10.0.0.7')).toBe('10.0.0.7')
    expect(from('::1', '1.2.3.4, 10.0.0.7')).toBe('10.0.0.7')
    expect(from('::ffff:127.0.0.1', ['1.2.3.4', '10.0.0.7'])).toBe('10.0.0.7')
  })

  test('a peer elsewhere is not believed', () => {
    expect(from('10.0.0.7', '1.2.3.4')).toBe('10.0.0.7')
    expect(from('127.0.0.1', '')).toBe('127.0.0.1')
  })
})
