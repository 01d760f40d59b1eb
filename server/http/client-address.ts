import type { IncomingMessage } from 'node:http'

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/**
 * Whom a request is counted for. Behind a proxy on this machine, that is the address which the proxy says it saw (the
 * last one in X-Forwarded-For: those before it are the client's own word); from elsewhere the header is not believed.
 */
export function clientAddress({ socket, headers }: IncomingMessage): string {
  const peer = socket.remoteAddress ?? 'unknown'
  if (!LOOPBACK.has(peer)) return peer
  const forwarded = headers['x-forwarded-for']
  const list = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')
  const last = list.split(',').at(-1)?.trim()
  return last === undefined || last === '' ? peer : last
}
