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

  test('[V7] with IPv6 the network that one customer has, however its address is written', () => {
    const network = '2001:db8:1:2::/64'
    expect(from('2001:db8:1:2:3:4:5:6')).toBe(network)
    expect(from('2001:0DB8:0001:2::9')).toBe(network)
    expect(from('127.0.0.1', '2001:db8:1:2::')).toBe(network)
    expect(from('2001:db8:1:3::9')).not.toBe(network)
    expect(from('2001:db8::1:2:3:4')).toBe('2001:db8:0:0::/64')
    expect(from('64:ff9b::10.0.0.7')).toBe('64:ff9b:0:0::/64')
    expect(from('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(from('::ffff:10.0.0.7')).toBe('10.0.0.7')
    expect(from('127.0.0.1', 'x'.repeat(10_000)).length).toBeLessThanOrEqual(64)
  })

  test('a peer elsewhere is not believed', () => {
    expect(from('10.0.0.7', '1.2.3.4')).toBe('10.0.0.7')
    expect(from('127.0.0.1', '')).toBe('127.0.0.1')
  })
})
