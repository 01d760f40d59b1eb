import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { StreamId } from '../../protocol/model/primitives.ts'
import { Push } from '../../protocol/wire/push.ts'
import { ReplyEnvelope } from '../../protocol/wire/reply.ts'

/** One connection to one node, with all that it was sent; it neither retries nor comes back. */
export interface RawSocket {
  /** Events as they came. */
  readonly events: { readonly stream: StreamId; readonly event: StreamEvent }[]
  readonly pushes: Push[]
  /** Asks under a fresh key; the reply, error or not. */
  ask(request: object): Promise<ReplyEnvelope>
  /** Resolves when `condition` holds, looking at each frame. */
  until(condition: () => boolean): Promise<void>
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  end(): void
}

/** Opens a socket and says hello. Throws when the hello is refused. */
export async function openRawSocket(
  url: string,
  token: string,
  cursors: Record<StreamId, number>,
): Promise<RawSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`)
  const answers = new Map<number, (reply: ReplyEnvelope) => void>()
  const looks = new Set<() => void>()
  const events: RawSocket['events'] = []
  const pushes: Push[] = []
  let nextId = 1
  const closed = new Promise<number>((resolve) => socket.on('close', resolve))
  socket.on('message', (data) => {
    const frame: unknown = JSON.parse(String(data))
    const reply = ReplyEnvelope.safeParse(frame)
    if (reply.success) answers.get(reply.data.re)?.(reply.data)
    else {
      const push = Push.parse(frame)
      pushes.push(push)
      if (push.push === 'events') {
        for (const event of push.events) events.push({ stream: push.stream, event })
      }
    }
    for (const look of looks) look()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  const ask = (request: object) =>
    new Promise<ReplyEnvelope>((resolve) => {
      const id = nextId++
      answers.set(id, resolve)
      socket.send(JSON.stringify({ id, key: randomUUID(), ...request }))
    })
  const hello = await ask({ op: 'hello', token, device: randomUUID(), cursors })
  if (!hello.ok) throw new Error(`${hello.error.code}: ${hello.error.message}`)
  return {
    ...{ events, pushes, ask, closed },
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => {
          if (!condition()) return
          looks.delete(look)
          resolve()
        }
        looks.add(look)
        look()
      }),
    end: () => socket.terminate(),
  }
}
