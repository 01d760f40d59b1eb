import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { own } from '../../protocol/own.ts'
import { isAllowedOrigin } from '../ws/origin.ts'
import { isForwarded, isLoopback, type Origin, originOf, peerOf } from './client-address.ts'
import { TrustedProxies } from './trusted-proxies.ts'

const LOOPBACK_HOST = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::(\d{1,5}))?$/i
/** Names under which an app asks the server that it started. */
const OWN_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])
const HTTP_PORT = '80'
/** Header in which the app that started this server says its secret. */
const APP_SECRET_HEADER = 'ferry-app-secret'

export interface DoorOptions {
  /** The address that the server listens on. */
  readonly host: string
  /** The secret of the app that started this server for itself; null for a server of its own. */
  readonly appSecret: string | null
  /** Networks of proxies whose word about a client's address is believed. */
  readonly trustProxy: readonly string[]
  readonly metrics: 'local' | 'any'
}

/** Who asks. */
export interface Visitor extends Origin {
  /** It is the app that started this server. */
  readonly isApp: boolean
}

/**
 * Who gets in at all, the same for HTTP and sockets. A browser says in `Host` which name it asked for and in `Origin`
 * whose page asks; a page elsewhere can neither leave them out nor choose them, but it can let its own name lead to
 * this machine. So a server that only this machine can reach answers only to this machine's names.
 */
export class Door {
  readonly #options: DoorOptions
  readonly #proxies: TrustedProxies
  readonly #hosts: 'own' | 'loopback' | 'any'

  constructor(options: DoorOptions) {
    this.#options = options
    this.#proxies = new TrustedProxies(options.trustProxy)
    const { host, appSecret } = options
    this.#hosts = appSecret !== null ? 'own' : isLoopbackName(host) ? 'loopback' : 'any'
  }

  /** Why a request is turned away, in words for whoever set the server up; null when it is not. */
  refusal(request: IncomingMessage): string | null {
    const { host, origin } = request.headers
    if (!this.#answersTo(request)) {
      return 'This server does not answer to that name. Behind a proxy, start it with --trust-proxy.'
    }
    if (!isAllowedOrigin(origin, host)) return 'Pages of that origin may not ask this server.'
    return null
  }

  /** Who asks. */
  visitor(request: IncomingMessage): Visitor {
    return { ...originOf(request, this.#proxies), isApp: this.#isApp(request) }
  }

  /** Whether the numbers of /metrics are for this request: for this machine alone, unless the server was told else. */
  showsMetrics(request: IncomingMessage): boolean {
    if (this.#options.metrics === 'any') return true
    const peer = peerOf(request.socket)
    if (peer === null || !isLoopback(peer) || isForwarded(request)) return false
    // A proxy on this machine that says nothing of itself passes on the name that its clients asked for.
    return isLoopbackHost(request.headers.host)
  }

  #answersTo({ headers, socket }: IncomingMessage): boolean {
    const { host } = headers
    switch (this.#hosts) {
      case 'any':
        return true
      case 'own':
        return isOwnHost(host, socket.localPort)
      case 'loopback': {
        // Only programs leave the name out, and no page can make one do so.
        if (host === undefined || isLoopbackHost(host)) return true
        const peer = peerOf(socket)
        return peer !== null && this.#proxies.has(peer)
      }
    }
  }

  #isApp({ headers }: IncomingMessage): boolean {
    const said = own(headers, APP_SECRET_HEADER)
    const { appSecret } = this.#options
    return appSecret !== null && typeof said === 'string' && areEqual(said, appSecret)
  }
}

function isLoopbackName(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopback(host)
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host)
}

function isOwnHost(host: string | undefined, port: number | undefined): boolean {
  const [, name = '', said = HTTP_PORT] = LOOPBACK_HOST.exec(host ?? '') ?? []
  return OWN_NAMES.has(name.toLowerCase()) && Number(said) === port
}

/** Compared by hashes, so that the time it takes tells nothing. */
function areEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
