import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

/** What asks for another protocol, and what only goes with that. */
const OF_THE_UPGRADE: ReadonlySet<string> = new Set(['upgrade', 'http2-settings', 'connection'])

/**
 * Serves a request that asked to speak another protocol than ours (h2c, which some clients offer with every request) as
 * if it had not asked: that is what the offer leaves open (RFC 9110, 7.8). Node has already let go of the connection,
 * so it is handed back as a new one that begins with the request again.
 */
export function passOver(
  http: Server,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(i, i + 2)
    if (!OF_THE_UPGRADE.has(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  // One request, one connection: what followed such an upgrade is not worth a second look.
  lines.push('Connection: close')
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  http.emit('connection', socket)
}
