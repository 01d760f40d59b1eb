/**
 * `npm run bench -- idle-connections`: what 10,000 greeted, idle connections cost one server process.
 * Reports the resident memory before and with them, and the bytes a connection. Linux only: it reads /proc.
 */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WebSocket } from 'ws'
import { createAccount } from './drivers/ferry-driver.ts'
import { openSocket } from './lib/open-socket.ts'
import { startPinned } from './lib/pinned-process.ts'
import { format } from './lib/statistics.ts'

const CONNECTIONS = 10_000
const USERS = 250
/** Connections that are opened at once, so that the listen queue is not what is measured. */
const AT_ONCE = 50

const root = join(import.meta.dirname, '..')
const data = mkdtempSync(join(tmpdir(), 'ferry-idle-'))
const server = await startPinned(0, [
  join(root, 'out/server/main.cjs'),
  ...['--port', '0', '--rate-limit', '0', '--data', data],
])

/** Resident set of the server in bytes. */
function residentBytes(): number {
  const status = readFileSync(`/proc/${server.child.pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024
}

async function openGreeted(token: string): Promise<WebSocket> {
  const greeted = Promise.withResolvers<void>()
  const address = `${server.url.replace(/^http/, 'ws')}/v1/socket`
  const socket = await openSocket(address, () => greeted.resolve())
  socket.once('close', (code) => greeted.reject(new Error(`closed with ${code}`)))
  socket.send(JSON.stringify({ id: 1, op: 'hello', token, device: randomUUID(), cursors: {} }))
  await greeted.promise
  return socket
}

const tokens: string[] = []
for (let index = 0; index < USERS; index++) {
  tokens.push((await createAccount(server.url, `idle-${index}`)).token)
}
const before = residentBytes()
const sockets: WebSocket[] = []
while (sockets.length < CONNECTIONS) {
  const opening = Array.from({ length: AT_ONCE }, (_, index) =>
    openGreeted(tokens[(sockets.length + index) % USERS] ?? ''),
  )
  sockets.push(...(await Promise.all(opening)))
  if (sockets.length % 1000 === 0) process.stderr.write(`${sockets.length} connections\n`)
}
const after = residentBytes()
process.stdout.write(
  `${format(CONNECTIONS)} idle connections of ${USERS} users: ${format(after / 2 ** 20)} MiB resident, ` +
    `${format(before / 2 ** 20)} MiB before, ${format((after - before) / CONNECTIONS / 1024, 1)} KiB a connection\n`,
)
for (const socket of sockets) socket.terminate()
await server.stop()
rmSync(data, { recursive: true, force: true })
