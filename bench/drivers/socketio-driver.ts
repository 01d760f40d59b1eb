import { z } from 'zod'
import { openSocket, PendingAnswers } from '../lib/open-socket.ts'
import type { ChatDriver } from './chat-driver.ts'

const Message = z.tuple([z.literal('message'), z.object({ key: z.string() })])

/**
 * Drives `peers/socketio-server.ts`. Speaks Engine.IO 4 / Socket.IO 5 frames itself instead of using the client
 * library, so that the generator costs the same whatever is measured.
 */
export function socketioDriver(url: string): ChatDriver {
  return {
    name: 'Socket.IO + SQLite (synchronous=FULL)',
    async connect(_user, rooms, onMessage, options) {
      const answers = new PendingAnswers<void>()
      const connected = Promise.withResolvers<void>()
      const address = `${url}/socket.io/?EIO=4&transport=websocket`
      const socket = await openSocket(address, (frame, opened) => {
        if (frame.startsWith('0')) {
          opened.send(`40${JSON.stringify({ rooms, fromStart: options?.fromStart === true })}`)
        } else if (frame === '2') opened.send('3')
        else if (frame.startsWith('40')) connected.resolve()
        else if (frame.startsWith('43')) answers.settle(Number.parseInt(frame.slice(2), 10))
        else if (frame.startsWith('42')) onMessage(Message.parse(JSON.parse(frame.slice(2)))[1].key)
      })
      await connected.promise
      return {
        send: (room, key, body) =>
          answers.ask((id) =>
            socket.send(`42${id}${JSON.stringify(['send', { room, key, body }])}`),
          ),
        close: () => socket.terminate(),
      }
    },
  }
}
