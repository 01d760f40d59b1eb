import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Session } from '../../protocol/http/accounts.ts'
import { openSocket, PendingAnswers } from '../lib/open-socket.ts'
import type { ChatDriver } from './chat-driver.ts'

/** How every reply begins, and what the generator has to know of it: the rest is read by who asked for it. */
const REPLY = /^\{"re":(\d+),"ok":(true|false)/
/** Only what the generator needs: parsing every field would measure the generator, not the server. */
const Push = z.object({
  events: z.array(z.object({ type: z.string(), message: z.unknown().optional() })).optional(),
})
const Created = z.object({ conversation: z.object({ id: z.string() }) })
const KeyedMessage = z.object({ body: z.string() })

interface Room {
  readonly id: string
  addMember(user: string): Promise<void>
}

/** Drives a Ferry server. The key of a message travels in its body, before a `|`. */
export function ferryDriver(url: string): ChatDriver {
  const run = randomUUID().slice(0, 8)
  const rooms = new Map<string, Room>()
  return {
    name: 'Ferry, embedded (SQLite, synchronous=FULL)',
    async connect(user, names, onMessage, options) {
      const session = await createAccount(url, `${user}-${run}`)
      const known = names.flatMap((name) => rooms.get(name) ?? [])
      for (const room of known) await room.addMember(session.user.id)
      const answers = new PendingAnswers<{ ok: boolean; text: string }>()
      const address = `${url.replace(/^http/, 'ws')}/v1/socket`
      const socket = await openSocket(address, (text) => {
        const reply = REPLY.exec(text)
        if (reply !== null) {
          answers.settle(Number(reply[1]), { ok: reply[2] === 'true', text })
          return
        }
        for (const event of Push.parse(JSON.parse(text)).events ?? []) {
          if (event.type !== 'message.created') continue
          const { body } = KeyedMessage.parse(event.message)
          onMessage(body.slice(0, body.indexOf('|')))
        }
      })
      const ask = async (request: object) => {
        const { ok, text } = await answers.ask((id) =>
          socket.send(JSON.stringify({ id, ...request })),
        )
        if (!ok) throw new Error(text)
        return text
      }
      const cursors = options?.fromStart
        ? Object.fromEntries(known.map((room) => [room.id, 0]))
        : {}
      await ask({ op: 'hello', token: session.token, device: randomUUID(), cursors })
      for (const name of names) {
        if (rooms.has(name)) continue
        const answer = await ask({
          op: 'conversation.create',
          key: randomUUID(),
          kind: 'group',
          title: name,
          members: [],
        })
        const { id } = Created.parse(JSON.parse(answer)).conversation
        rooms.set(name, {
          id,
          addMember: async (member) => {
            await ask({ op: 'member.add', key: randomUUID(), conversation: id, user: member })
          },
        })
      }
      return {
        async send(room, key, body) {
          const conversation = rooms.get(room)?.id
          await ask({ op: 'send', key: randomUUID(), conversation, body: `${key}|${body}` })
        },
        close: () => socket.terminate(),
      }
    },
  }
}

/** Makes an account; answers with its session. */
export async function createAccount(url: string, username: string): Promise<Session> {
  const response = await fetch(`${url}/v1/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      username,
      displayName: username,
      password: `a password for ${username}`,
    }),
  })
  return Session.parse(await response.json())
}
