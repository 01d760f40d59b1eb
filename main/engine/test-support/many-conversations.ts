/**
 * A server with very many conversations, in a thread of its own: so that what a test measures is the client alone.
 * Started with `{count}`; says its address, and then does as it is told.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type Asked, FakeServer } from '../../net/test-support/fake-server.ts'

/** Frames that the server writes in a turn of its own. */
const FRAMES_A_TURN = 20
const AT = '2026-01-01T00:00:00.000Z'
const USER = { id: 'me', username: 'me', displayName: 'Me' }

/** A server with very many conversations, of which each has a message more than the cursor says. */
class ManyConversations {
  readonly ids: readonly string[]
  /** Messages in each conversation. */
  messages = 0

  constructor(count: number) {
    this.ids = Array.from({ length: count }, (_, index) => `c${index}`)
  }

  async answer({ socket, request, reply }: Asked): Promise<void> {
    const { cursors, conversation } = request
    switch (request.op) {
      case 'hello': {
        const head = 1 + this.messages
        const heads = Object.fromEntries(this.ids.map((id) => [id, head]))
        const info = { version: '1', editWindowMs: 1, maxBodyBytes: 16_384, instance: 'one' }
        reply({ user: USER, server: info, heads: { ...heads, 'user:me': 0 } })
        const isNew = Object.keys(cursors ?? {}).length === 0
        await this.#push((id) => (isNew ? [this.#created(id)] : [this.#message(id)]), socket)
        return
      }
      case 'conversation.get':
        reply({ conversation: this.#conversation(String(conversation)) })
        return
      case 'receipts':
        reply({ conversations: [] })
        return
      default:
        reply({})
    }
  }

  async #push(eventsOf: (id: string) => object[], socket: Asked['socket']): Promise<void> {
    let written = 0
    for (const id of this.ids) {
      socket.send(JSON.stringify({ push: 'events', stream: id, events: eventsOf(id) }))
      written += 1
      if (written % FRAMES_A_TURN === 0) await turn()
    }
  }

  #created(id: string): object {
    const event = { seq: 1, at: AT, by: 'bo', type: 'conversation.created' }
    return { ...event, conversation: this.#conversation(id) }
  }

  #message(id: string): object {
    const message = {
      id: `m${id}`,
      conversation: id,
      seq: 2,
      author: 'bo',
      body: `missed in ${id}`,
    }
    const rest = { version: 1, createdAt: AT, reactions: {} }
    return { seq: 2, at: AT, by: 'bo', type: 'message.created', message: { ...message, ...rest } }
  }

  #conversation(id: string): object {
    const bo = { id: 'bo', username: 'bo', displayName: 'Bo' }
    const members = [
      { user: 'me', role: 'member', profile: USER },
      { user: 'bo', role: 'owner', profile: bo },
    ]
    return { id, kind: 'group', title: `Group ${id}`, members }
  }
}

const many = new ManyConversations(Number(workerData.count))
const server = await FakeServer.start()
server.hello = null
server.behaviour = (asked) => void many.answer(asked)
parentPort?.on('message', () => {
  many.messages = 1
  for (const socket of server.connected.all) socket.terminate()
})
parentPort?.postMessage(server.url)
