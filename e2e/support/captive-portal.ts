import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Whoever stands between us and the server, and answers everything itself, WebSockets too. */
export class CaptivePortal {
  readonly #http: Server
  /** Requests that it has answered. */
  answered = 0

  private constructor(how: 'redirect' | 'page') {
    this.#http = createServer((_request, response) => {
      this.answered += 1
      if (how === 'redirect') response.writeHead(302, { location: 'http://127.0.0.1:9/welcome' })
      else response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<!doctype html><title>Welcome to the hotel</title>')
    })
  }

  /** Starts one: it sends everybody elsewhere, or shows its own page in the place of every answer. */
  static async start(how: 'redirect' | 'page'): Promise<CaptivePortal> {
    const portal = new CaptivePortal(how)
    portal.#http.listen(0, '127.0.0.1')
    await once(portal.#http, 'listening')
    return portal
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    this.#http.close()
    this.#http.closeAllConnections()
    await once(this.#http, 'close')
  }
}
