import { MAX_FRAME_BYTES, MAX_RECEIPTS_TOLD, MAX_USERS_FOUND } from '../../protocol/limits.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import type { Op, RequestOf } from '../../protocol/wire/request.ts'
import type { AnyCommand, ChangeOp, Command, Wish } from '../domain/command.ts'
import { refuse } from '../domain/refusal.ts'
import { fingerprintOf } from '../store/fingerprint.ts'
import type { Reading, Store } from '../store/store.ts'
import type { Receipts } from '../stream/receipts.ts'
import type { Signal } from '../stream/stream-bus.ts'

/** JSON of one reply to `events` or `history` ends soon after this many bytes: a frame has at most 1 MiB. */
const MAX_PAGE_BYTES = 512 * 1024
/** The same with all reactions, of which there may be many: a reply to `history` ends before this, in bytes. */
const MAX_REPLY_BYTES = MAX_FRAME_BYTES - 64 * 1024

/** Who asks: a greeted connection. */
export interface Asker {
  readonly user: Id
  /** Number of the connection: its commands take effect in order. */
  readonly lane: number
  /** Whether this connection is subscribed to a conversation, as a member. */
  isSubscribed(conversation: Id): boolean
  /** Whether a typing signal may pass now; each conversation has its own pace. */
  mayType(conversation: Id): boolean
  /** From now on this connection is told when members of its conversations come further. */
  hearReceipts(): void
}

/** An answer, before it is one JSON object: `json` is that of the reply's fields, without braces. */
export type Answer =
  | { readonly ok: true; readonly fields: string }
  | { readonly ok: false; readonly error: WireError }

export type AnyRequest = RequestOf<Exclude<Op, 'hello'>>

export interface RequestHandlerOptions {
  readonly store: Store
  readonly freshId: () => string
  readonly signal: (signal: Signal) => void
  readonly receipts: Pick<Receipts, 'deliver' | 'moved'>
}

type Handlers = {
  readonly [O in Exclude<Op, 'hello'>]: (request: RequestOf<O>, asker: Asker) => Promise<Answer>
}

/**
 * Makes the handler of every request but hello. Rights are not checked here: changes are decided inside the
 * transaction that writes, reads in the snapshot that is read. Rejects with StoreUnavailable.
 */
export function createRequestHandler({
  store,
  freshId,
  signal,
  receipts,
}: RequestHandlerOptions): (request: AnyRequest, asker: Asker) => Promise<Answer> {
  async function change<O extends ChangeOp>(
    op: O,
    request: Wish<O>,
    asker: Asker,
  ): Promise<Answer> {
    const command = {
      op,
      request,
      actor: asker.user,
      fingerprint: fingerprintOf(op, request),
      freshId: freshId(),
      lane: asker.lane,
    }
    // `op` and `request` were parsed as one: the compiler does not follow that through a generic.
    const outcome = await store.execute(command as Command<O> as AnyCommand)
    if (!outcome.ok) return outcome
    if (outcome.moved !== undefined) receipts.moved(outcome.moved)
    return answer(outcome.duplicate ? { ...outcome.reply, duplicate: true } : outcome.reply)
  }

  const handlers: Handlers = {
    send: (request, asker) => change('send', request, asker),
    edit: (request, asker) => change('edit', request, asker),
    delete: (request, asker) => change('delete', request, asker),
    react: (request, asker) => change('react', request, asker),
    read: (request, asker) => change('read', request, asker),
    'conversation.create': (request, asker) => change('conversation.create', request, asker),
    'conversation.update': (request, asker) => change('conversation.update', request, asker),
    'member.add': (request, asker) => change('member.add', request, asker),
    'member.remove': (request, asker) => change('member.remove', request, asker),
    'member.role': (request, asker) => change('member.role', request, asker),

    delivered: async ({ upTo }, asker) => {
      const outcomes = await receipts.deliver(asker.user, Object.entries(upTo))
      const [first] = outcomes
      const isAnyTaken = first === undefined || outcomes.some(({ ok }) => ok)
      return isAnyTaken || first.ok ? { ok: true, fields: '' } : first
    },

    receipts: async ({ conversations }, asker) => {
      // First: what moves while the answer is read is pushed.
      asker.hearReceipts()
      const told = await store.receipts(asker.user, conversations, MAX_RECEIPTS_TOLD)
      return answer({ conversations: told })
    },

    typing: async ({ conversation }, asker) => {
      if (!asker.isSubscribed(conversation)) {
        const reading = await store.conversation(asker.user, conversation)
        if (!reading.ok) return reading
      }
      if (asker.mayType(conversation)) signal({ type: 'typing', conversation, user: asker.user })
      return { ok: true, fields: '' }
    },

    events: async ({ stream, after, limit }, asker) => {
      const reading = await store.eventsFor(asker.user, {
        stream,
        after,
        limit,
        maxBytes: MAX_PAGE_BYTES,
      })
      if (!reading.ok) return reading
      const { entries, head } = reading.value
      // Stored JSON goes out as it is.
      const events = entries.map(({ json }) => json).join(',')
      return { ok: true, fields: `"events":[${events}],"head":${head}` }
    },

    history: async ({ conversation, before, limit }, asker) => {
      const request = { conversation, before: before ?? null, limit, maxBytes: MAX_PAGE_BYTES }
      const reading = await store.history(asker.user, request)
      return reading.ok ? { ok: true, fields: historyFields(reading.value) } : reading
    },

    'conversation.get': async ({ conversation: id }, asker) =>
      answerReading(await store.conversation(asker.user, id), (conversation) => ({
        conversation,
      })),

    'users.find': async ({ query }) =>
      answer({ users: await store.findUsers(query, MAX_USERS_FOUND) }),
  }

  return (request, asker) => {
    // The table's type gives each op the handler of its own request; a union of ops loses that.
    const handle = handlers[request.op] as (request: AnyRequest, asker: Asker) => Promise<Answer>
    return handle(request, asker)
  }
}

/** The answer that succeeds with these fields. */
export function answer(body: object): Answer {
  return { ok: true, fields: JSON.stringify(body).slice(1, -1) }
}

/** The newest of these messages that fit into one frame, at least one. */
function historyFields(messages: readonly Message[]): string {
  const fitting: string[] = []
  let bytes = 0
  for (const message of messages) {
    const json = JSON.stringify(message)
    bytes += Buffer.byteLength(json) + 1
    if (fitting.length > 0 && bytes > MAX_REPLY_BYTES) break
    fitting.push(json)
  }
  return `"messages":[${fitting.join(',')}]`
}

function answerReading<T>(reading: Reading<T>, body: (value: T) => object): Answer {
  return reading.ok ? answer(body(reading.value)) : reading
}

/** The one JSON object that answers request `re`. */
export function encodeAnswer(re: number, result: Answer): string {
  if (!result.ok) return `{"re":${re},"ok":false,"error":${JSON.stringify(result.error)}}`
  return result.fields === '' ? `{"re":${re},"ok":true}` : `{"re":${re},"ok":true,${result.fields}}`
}

/** What a failure of the server itself is answered with. */
export function unavailable(): Answer & { ok: false } {
  return {
    ok: false,
    error: wireError('unavailable', 'The server cannot do it now.', { retryAfterMs: 1_000 }),
  }
}

/** What a defect of the server is answered with; the log has the cause. */
export function internal(): Answer & { ok: false } {
  return refuse('internal', 'Something went wrong in the server.')
}
