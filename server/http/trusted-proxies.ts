import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

const MAPPED = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/
/** How many bits of an IPv4 address that is written as an IPv6 one come before it. */
const MAPPED_BITS = 96
const IPV4_BITS = 32
const IPV6_BITS = 128
/** A request that came through more proxies than this is counted for the last one that was looked at. */
const MAX_HOPS = 32

/** An address as it is compared: without a zone, and IPv4 where it is one in the clothes of IPv6; null for none. */
export function plainAddress(text: string): string | null {
  const [bare = ''] = text.split('%')
  if (isIP(bare) === 0) return null
  if (isIPv4(bare)) return bare
  return mappedIPv4(bare) ?? bare.toLowerCase()
}

function mappedIPv4(address: string): string | null {
  // URLs write every form of one address alike, `0:0:0:0:0:FFFF:10.0.0.7` too.
  const url = `http://[${address}]/`
  const [, ...groups] = MAPPED.exec(URL.canParse(url) ? new URL(url).hostname : '') ?? []
  if (groups.length !== 2) return null
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

/** A network as it is asked about. */
interface Network {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Reads `10.0.0.0/8`, `2001:db8::/32` or one address; null when it is none of these. */
export function readNetwork(text: string): Network | null {
  const [written = '', prefix, ...rest] = text.split('/')
  if (rest.length > 0 || written.includes('%')) return null
  const address = plainAddress(written)
  if (address === null || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return null
  const most = isIPv6(written) ? IPV6_BITS : IPV4_BITS
  const given = prefix === undefined ? most : Number(prefix)
  if (given > most) return null
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const bits = family === 'ipv4' && most === IPV6_BITS ? given - MAPPED_BITS : given
  return bits < 0 ? null : { address, bits, family }
}

/** The proxies whose word about where a request came from is believed: none, unless whoever runs the server names them. */
export class TrustedProxies {
  readonly #networks = new BlockList()

  /** @param networks each of which readNetwork() can read */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = readNetwork(text)
      if (network === null) throw new RangeError(`${text} is no network`)
      this.#networks.addSubnet(network.address, network.bits, network.family)
    }
  }

  /** Whether this is the address of one. */
  has(address: string): boolean {
    return this.#networks.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  }

  /**
   * Where a request came from: the peer, and while that is a proxy that is believed, whom it says it saw. What a proxy
   * adds stands at the end, so the list is read from there; what a proxy that is not believed says, or what is no
   * address, ends the reading, since all before it is anybody's word.
   */
  originOf(peer: string, forwarded: string): string {
    let origin = peer
    const hops = forwarded.split(',').map((hop) => hop.trim())
    for (const hop of hops.filter(Boolean).slice(-MAX_HOPS).reverse()) {
      if (!this.has(origin)) return origin
      const address = plainAddress(withoutPort(hop))
      if (address === null) return origin
      origin = address
    }
    return origin
  }
}

/** Some proxies write the port along: `10.0.0.7:4711`, `[2001:db8::7]:4711`. */
function withoutPort(hop: string): string {
  const [, bracketed, dotted] = /^(?:\[([^\]]*)\](?::\d+)?|([\d.]+):\d+)$/.exec(hop) ?? []
  return bracketed ?? dotted ?? hop
}
