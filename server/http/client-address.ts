import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/** An address that a proxy names is not longer than this; what is, is no address, and not kept whole. */
const MAX_ADDRESS_LENGTH = 64
const GROUPS = 8
const NETWORK_GROUPS = 4

/**
 * Whom a request is counted for: an IPv4 address, or the /64 network of an IPv6 one, because whoever has one of its
 * addresses has all of them, and would else get past every limit by changing it. Behind a proxy on this machine, that is the address which the proxy says it saw (the
 * last one in X-Forwarded-For: those before it are the client's own word); from elsewhere the header is not believed.
 */
export function clientAddress({ socket, headers }: IncomingMessage): string {
  const peer = socket.remoteAddress ?? 'unknown'
  if (!LOOPBACK.has(peer)) return networkOf(peer)
  const forwarded = headers['x-forwarded-for']
  const list = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')
  const last = list.split(',').at(-1)?.trim()
  return last === undefined || last === '' ? peer : networkOf(last.slice(0, MAX_ADDRESS_LENGTH))
}

function networkOf(address: string): string {
  const [bare = ''] = address.split('%')
  if (!isIPv6(bare)) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)
  if (mapped?.[1] !== undefined) return mapped[1]
  const [head = '', tail = ''] = bare.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  // A dotted end stands for two groups.
  const written = left.length + right.length + (bare.includes('.') ? 1 : 0)
  const zeros = Array.from({ length: Math.max(0, GROUPS - written) }, () => '0')
  const groups = [...left, ...zeros, ...right].slice(0, NETWORK_GROUPS)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
