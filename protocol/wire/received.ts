import { z } from 'zod'
import { StreamId } from '../model/primitives.ts'
import { type ReceivedEvent, readEvents, readMessages } from '../model/received.ts'
import { PassingPush, type Push } from './push.ts'
import { type Op, REPLIES } from './request.ts'
import { EventsReply } from './requests/events.ts'
import { HistoryReply } from './requests/history.ts'

/** Pushes and replies as the client reads them: what lasts is read one by one (model/received.ts). */

const list = z.array(z.unknown())

const EventsPush = z
  .object({ push: z.literal('events'), stream: StreamId, events: list })
  .transform(({ events, ...rest }) => ({ ...rest, events: readEvents(events, null) }))

/** What a client takes for a push. */
export type ReceivedPush =
  | Exclude<Push, { push: 'events' }>
  | { push: 'events'; stream: StreamId; events: readonly ReceivedEvent[] }

/** Reads a push that this version knows by name. */
export function readPush(value: object): z.ZodSafeParseResult<ReceivedPush> {
  const isEvents = 'push' in value && value.push === 'events'
  return isEvents ? EventsPush.safeParse(value) : PassingPush.safeParse(value)
}

const RECEIVED = {
  ...REPLIES,
  /** Events without a place of their own get it from the page, whose cursor only the asker knows: see `placed`. */
  events: EventsReply.extend({ events: list }),
  history: HistoryReply.extend({ messages: list }).transform(({ messages, ...rest }) => ({
    ...rest,
    ...readMessages(messages),
  })),
} as const satisfies Record<Op, z.ZodType>

/** The successful reply of an op, as a client reads it. */
export type ReceivedReplyOf<O extends Op> = z.infer<(typeof RECEIVED)[O]>

/** The schema of the reply to an op, as a client reads it. */
export function receivedReply<O extends Op>(op: O): z.ZodType<ReceivedReplyOf<O>> {
  // The table pairs each op with the schema of its reply; the type of an indexed access cannot say so.
  return RECEIVED[op] as unknown as z.ZodType<ReceivedReplyOf<O>>
}
