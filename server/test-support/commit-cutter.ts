import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * A proxy before PostgreSQL that loses answers to COMMIT: the transaction takes effect, and the connection is gone
 * before the client is told.
 */
export interface CommitCutter {
  readonly url: string
  /** From now on, the next COMMIT that passes loses its answer; resolves when it has. */
  cutNextCommit(): Promise<void>
  close(): Promise<void>
}

/** A simple query of the protocol: the letter, its length, the text and a NUL. */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0', 'latin1')
/** The server's word that it is done: the tag of the command. */
const COMMITTED = Buffer.from('COMMIT\0', 'latin1')

export async function startCommitCutter(databaseUrl: string): Promise<CommitCutter> {
  const { hostname, port } = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let whenCut: (() => void) | null = null

  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    let withhold = false
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (chunk) => {
      if (whenCut !== null && chunk.includes(COMMIT)) withhold = true
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (!withhold) client.write(chunk)
      else if (chunk.includes(COMMITTED)) {
        client.destroy()
        whenCut?.()
        whenCut = null
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  const url = new URL(databaseUrl)
  url.port = String(address.port)
  return {
    url: url.href,
    cutNextCommit: () =>
      new Promise((resolve) => {
        whenCut = resolve
      }),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
