import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { plainAddress, type TrustedProxies } from './trusted-proxies.ts'

const GROUPS = 8
const NETWORK_GROUPS = 4
/** What a proxy may add to say for whom it asks: the standard ones, and those that servers and networks made up. */
const FORWARDING =
  /^(?:via|forwarded|forwarded-for|(?:x-)?(?:original-)?forwarded(?:-.+)?|x-(?:real|proxy|original|scheme|url-scheme|envoy)(?:-.+)?|.*(?:client|connecting|real|remote)-ip(?:v6)?|cdn-loop|cf-ray|front-end-https)$/

/** Who asks, as far as an address tells. */
export interface Origin {
  /** For the log. */
  readonly address: string
  /**
   * Whom the request is counted for: an IPv4 address, or the /64 network of an IPv6 one, because whoever has one of its
   * addresses has all of them, and would else get past every limit by changing it.
   */
  readonly network: string
}

/** Where a request came from. Forwarded addresses count only from proxies that are trusted: see TrustedProxies. */
export function originOf({ socket, headers }: IncomingMessage, proxies: TrustedProxies): Origin {
  const peer = peerOf(socket)
  const forwarded = headers['x-forwarded-for']
  const list = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')
  const address = list === '' || peer === null ? peer : proxies.originOf(peer, list)
  return address === null
    ? { address: 'unknown', network: 'unknown' }
    : { address, network: networkOf(address) }
}

/** The address at the other end of the connection; null when it has none any more. */
export function peerOf(socket: Pick<IncomingMessage['socket'], 'remoteAddress'>): string | null {
  return socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress)
}

/** Whether an address is of this very machine. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** Whether a request says of itself that somebody passed it on. */
export function isForwarded({ headers }: IncomingMessage): boolean {
  return Object.keys(headers).some((name) => FORWARDING.test(name))
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  // A dotted end stands for two groups.
  const written = left.length + right.length + (address.includes('.') ? 1 : 0)
  const zeros = Array.from({ length: Math.max(0, GROUPS - written) }, () => '0')
  const groups = [...left, ...zeros, ...right].slice(0, NETWORK_GROUPS)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
