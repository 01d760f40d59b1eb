import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ServerProcess } from '../test-support/server-process.ts'

let server: ServerProcess
beforeAll(async () => {
  server = await ServerProcess.start()
})
afterAll(() => server.dispose())

/** Sends what is no whole request, and tells after how many ms the server cut it. */
async function cutAfterMs(lines: readonly string[]): Promise<number> {
  const { port, hostname, host } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const startedAt = performance.now()
  socket.resume()
  const [request, ...headers] = lines
  socket.write([request, `Host: ${host}`, ...headers].join('\r\n'))
  await once(socket, 'close')
  return performance.now() - startedAt
}

test('[V17] a request that never becomes whole is cut after 15 s, also one that offered to speak HTTP/2', async () => {
  const post = ['POST /v1/sessions HTTP/1.1', 'Content-Type: application/json']
  const halfBody = ['Content-Length: 100', '', '{']
  const offer = ['Connection: Upgrade', 'Upgrade: h2c']
  const cuts = await Promise.all([
    cutAfterMs(['GET /healthz HTTP/1.1', 'Accept: ']),
    cutAfterMs([...post, ...halfBody]),
    cutAfterMs([...post, ...offer, ...halfBody]),
  ])
  for (const ms of cuts) {
    expect(ms).toBeGreaterThan(14_000)
    expect(ms).toBeLessThan(22_000)
  }
})
