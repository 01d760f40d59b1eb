import { z } from 'zod'
import { openSocket, PendingAnswers } from '../lib/open-socket.ts'
import type { ChatDriver } from './chat-driver.ts'

/** How an acknowledgement begins. */
const ACK = /^\{"ack":(\d+)/
const JOINED = '{"joined":true}'
const Delivery = z.object({ key: z.string() })

/** Drives `peers/relay-server.ts`, which stores nothing: the limit of what one core can pass on. */
export function relayDriver(url: string): ChatDriver {
  return {
    name: 'bare ws relay (stores nothing)',
    async connect(_user, rooms, onMessage) {
      const answers = new PendingAnswers<void>()
      const joined = Promise.withResolvers<void>()
      const socket = await openSocket(url, (text) => {
        const ack = ACK.exec(text)
        if (ack !== null) answers.settle(Number(ack[1]))
        else if (text === JOINED) joined.resolve()
        else onMessage(Delivery.parse(JSON.parse(text)).key)
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
