import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { originOf } from './client-address.ts'
import { TrustedProxies } from './trusted-proxies.ts'

const NONE = new TrustedProxies([])
const LOCAL = new TrustedProxies(['127.0.0.1', '::1', '10.1.0.0/16', 'fd00::/8'])

function request(remoteAddress: string | undefined, forwarded?: string | string[]) {
  return {
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage
}

const trusted = (peer: string, forwarded?: string | string[]) =>
  originOf(request(peer, forwarded), LOCAL).address
const network = (peer: string, forwarded?: string) =>
  originOf(request(peer, forwarded), LOCAL).network

describe('whom a request is counted for', () => {
  test('[V3] nobody is believed unless told: not a proxy on this machine either', () => {
    for (const peer of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3']) {
      const { address } = originOf(request(peer, '9.9.9.9'), NONE)
      expect(address).toBe(peer.replace('::ffff:', ''))
    }
    expect(originOf(request(undefined, '9.9.9.9'), LOCAL).address).toBe('unknown')
  })

  test('[V3] a proxy that is trusted says whom it saw; who is not trusted says nothing', () => {
    expect(trusted('127.0.0.1', '9.9.9.9')).toBe('9.9.9.9')
    expect(trusted('::ffff:127.0.0.1', '9.9.9.9')).toBe('9.9.9.9')
    expect(trusted('0:0:0:0:0:ffff:7f00:1', '9.9.9.9')).toBe('9.9.9.9')
    expect(trusted('fd12::9', '9.9.9.9')).toBe('9.9.9.9')
    expect(trusted('127.0.0.2', '9.9.9.9')).toBe('127.0.0.2')
    expect(trusted('10.2.0.1', '9.9.9.9')).toBe('10.2.0.1')
    expect(trusted('127.0.0.1')).toBe('127.0.0.1')
  })

  test('[V3] of several hops the last one that no trusted proxy stands behind; what a client invents is before it', () => {
    expect(trusted('127.0.0.1', '1.1.1.1, 9.9.9.9')).toBe('9.9.9.9')
    expect(trusted('127.0.0.1', '1.1.1.1, 9.9.9.9, 10.1.0.7')).toBe('9.9.9.9')
    expect(trusted('127.0.0.1', ['1.1.1.1', '9.9.9.9', '10.1.0.7'])).toBe('9.9.9.9')
    expect(trusted('127.0.0.1', '10.1.0.9, 10.1.0.7')).toBe('10.1.0.9')
    expect(trusted('127.0.0.1', '1.1.1.1, 10.1.0.7, 9.9.9.9')).toBe('9.9.9.9')
  })

  test.each([
    ['', '127.0.0.1'],
    [' , ,', '127.0.0.1'],
    ['9.9.9.9, ', '9.9.9.9'],
    ['unknown', '127.0.0.1'],
    ['9.9.9.9, unknown', '127.0.0.1'],
    ['9.9.9.9, unknown, 10.1.0.7', '10.1.0.7'],
    ['999.9.9.9', '127.0.0.1'],
    ['9.9.9.9:4711', '9.9.9.9'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['"9.9.9.9"', '127.0.0.1'],
    ['::ffff:9.9.9.9', '9.9.9.9'],
    [`1.1.1.1, ${'10.1.0.7, '.repeat(2_000)}`, '10.1.0.7'],
    ['x'.repeat(10_000), '127.0.0.1'],
  ])('[V3] a header that is no list of addresses helps nobody: %.40j', (forwarded, address) => {
    expect(trusted('127.0.0.1', forwarded)).toBe(address)
  })

  test('[V7] with IPv6 the network that one customer has, however its address is written', () => {
    const home = '2001:db8:1:2::/64'
    expect(network('2001:db8:1:2:3:4:5:6')).toBe(home)
    expect(network('2001:0DB8:0001:2::9')).toBe(home)
    expect(network('127.0.0.1', '2001:db8:1:2::')).toBe(home)
    expect(network('2001:db8:1:3::9')).not.toBe(home)
    expect(network('2001:db8::1:2:3:4')).toBe('2001:db8:0:0::/64')
    expect(network('64:ff9b::10.0.0.7')).toBe('64:ff9b:0:0::/64')
    expect(network('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(network('::ffff:10.0.0.7')).toBe('10.0.0.7')
  })
})
