import { z } from 'zod'
import { openSocket, PendingAnswers } from '../lib/open-socket.ts'
import type { ChatDriver } from './chat-driver.ts'

const Frame = z.union([
  z.object({ joined: z.literal(true) }),
  z.object({ ack: z.number() }),
  z.object({ key: z.string() }),
])

/** Drives `peers/relay-server.ts`, which stores nothing: the limit of what one core can pass on. */
export function relayDriver(url: string): ChatDriver {
  return {
    name: 'bare ws relay (stores nothing)',
    async connect(_user, rooms, onMessage) {
      const answers = new PendingAnswers<void>()
      const joined = Promise.withResolvers<void>()
      const socket = await openSocket(url, (text) => {
        const frame = Frame.parse(JSON.parse(text))
        if ('key' in frame) onMessage(frame.key)
        else if ('ack' in frame) answers.settle(frame.ack)
        else joined.resolve()
      })
      socket.send(JSON.stringify({ join: rooms }))
      await joined.promise
      return {
        send: (room, key, body) =>
          answers.ask((id) => socket.send(JSON.stringify({ id, room, key, body }))),
        close: () => socket.terminate(),
      }
    },
  }
}
