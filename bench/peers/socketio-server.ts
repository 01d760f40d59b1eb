/**
 * Peer: a chat in the manner of Socket.IO's own "server delivery" guide (a row a message, dedupe by client offset,
 * an acknowledgement after the insert), made as fast as its parts allow: better-sqlite3, WAL, and our durability.
 * usage: socketio-server.ts DATA_DIR
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { Server } from 'socket.io'
import { z } from 'zod'

const Handshake = z.object({ rooms: z.array(z.string()), fromStart: z.boolean() })
const Sent = z.object({ room: z.string(), key: z.string(), body: z.string() })

const db = new Database(join(process.argv[2] ?? '.', 'socketio-peer.db'))
db.pragma('journal_mode = WAL')
db.pragma('synchronous = FULL')
db.exec(`
  CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT UNIQUE, room TEXT, body TEXT, at INTEGER);
  CREATE INDEX messages_by_room ON messages (room, id)`)
const insert = db.prepare(
  'INSERT OR IGNORE INTO messages (key, room, body, at) VALUES (?, ?, ?, ?)',
)
const backlog = db.prepare(
  'SELECT id, key, room, body, at FROM messages WHERE room = ? ORDER BY id',
)

const http = createServer()
const io = new Server(http, { transports: ['websocket'] })
io.on('connection', (socket) => {
  const { rooms, fromStart } = Handshake.parse(socket.handshake.auth)
  for (const room of rooms) {
    void socket.join(room)
    if (fromStart) for (const row of backlog.all(room)) socket.emit('message', row)
  }
  socket.on('send', (message: unknown, acknowledge: (answer: object) => void) => {
    const { room, key, body } = Sent.parse(message)
    const at = Date.now()
    const { lastInsertRowid, changes } = insert.run(key, room, body, at)
    if (changes > 0)
      io.to(room).emit('message', { id: Number(lastInsertRowid), key, room, body, at })
    acknowledge({ id: Number(lastInsertRowid) })
  })
})

http.listen(0, '127.0.0.1', () => {
  const { port } = http.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ url: `ws://127.0.0.1:${port}` })}\n`)
})
