import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { StreamId } from '../../protocol/model/primitives.ts'
import { Push } from '../../protocol/wire/push.ts'
import { ErrorReply, ReplyEnvelope } from '../../protocol/wire/reply.ts'

/** Says hello, asks one thing under a fresh key, and leaves; the reply. Throws when it is an error. */
export async function askOnce(url: string, token: string, request: object): Promise<unknown> {
  return await withSocket(url, token, {}, (frame, socket, resolve, reject) => {
    const reply = ReplyEnvelope.safeParse(frame)
    if (!reply.success) return
    const failed = ErrorReply.safeParse(frame)
    if (failed.success) reject(new Error(`${failed.data.error.code}: ${failed.data.error.message}`))
    else if (reply.data.re === 2) resolve(frame)
    else socket.send(JSON.stringify({ id: 2, key: randomUUID(), ...request }))
  })
}

/** Everything that a new device is sent of these streams, from their first events up to `heads`. */
export async function replay(
  url: string,
  token: string,
  heads: ReadonlyMap<StreamId, number>,
): Promise<ReadonlyMap<StreamId, readonly StreamEvent[]>> {
  const logs = new Map<StreamId, StreamEvent[]>([...heads.keys()].map((stream) => [stream, []]))
  const cursors = Object.fromEntries([...heads.keys()].map((stream) => [stream, 0]))
  return await withSocket(url, token, cursors, (frame, _socket, resolve) => {
    const push = Push.safeParse(frame)
    if (push.success && push.data.push === 'events') {
      logs.get(push.data.stream)?.push(...push.data.events)
    }
    const complete = [...heads].every(([stream, head]) => logs.get(stream)?.length === head)
    if (complete) resolve(logs)
  })
}

function withSocket<T>(
  url: string,
  token: string,
  cursors: Record<string, number>,
  onFrame: (
    frame: unknown,
    socket: WebSocket,
    resolve: (value: T) => void,
    reject: (cause: Error) => void,
  ) => void,
): Promise<T> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/socket`)
  return new Promise<T>((resolve, reject) => {
    socket.on('open', () => {
      const hello = { id: 1, op: 'hello', token, device: randomUUID(), cursors }
      socket.send(JSON.stringify(hello))
    })
    socket.on('message', (data) => onFrame(JSON.parse(String(data)), socket, resolve, reject))
    socket.on('error', reject)
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)))
  }).finally(() => socket.terminate())
}
