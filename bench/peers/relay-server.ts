/** Peer: a bare `ws` relay, without storage or accounts. What one core can pass on at most. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'

const Frame = z.union([
  z.object({ join: z.array(z.string()) }),
  z.object({ id: z.number(), room: z.string(), key: z.string(), body: z.string() }),
])

const http = createServer()
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false })
const rooms = new Map<string, Set<WebSocket>>()
let sequence = 0

sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    const frame = Frame.parse(JSON.parse(String(data)))
    if ('join' in frame) {
      for (const room of frame.join) {
        const members = rooms.get(room) ?? new Set()
        rooms.set(room, members.add(socket))
      }
      socket.send('{"joined":true}')
      return
    }
    const { room, key, body } = frame
    const delivery = Buffer.from(JSON.stringify({ sequence: ++sequence, room, key, body }))
    for (const member of rooms.get(room) ?? []) member.send(delivery, { binary: false })
    socket.send(`{"ack":${frame.id}}`)
  })
})

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ url: `ws://127.0.0.1:${port}` })}\n`)
})
