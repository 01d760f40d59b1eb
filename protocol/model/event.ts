import { z } from 'zod'
import { Conversation, Role } from './conversation.ts'
import { Message } from './message.ts'
import { Cursor, Id, Seq, Timestamp } from './primitives.ts'

/** A role of a newer version is passed over [G1]. */
const KnownRole = Role.optional().catch(undefined)

/** Fields that every event has: its place, the server's time, and who did it. */
const common = { seq: Seq, at: Timestamp, by: Id }

/** What an edit changes. `body` is absent when the message has been deleted since. */
export const MessageEdit = z.object({
  id: Id,
  body: z.string().optional(),
  version: z.int().min(1),
  editedAt: Timestamp,
  deletedAt: Timestamp.optional(),
})

/** `newer`: fields of a newer version, as in a message. */
export type MessageEdit = z.infer<typeof MessageEdit> & Pick<Message, 'newer'>

/** What happened in a stream, for ever. `at` is the server's time; `by` the user that did it. */
export const StreamEvent = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('message.created'), message: Message }),
  z.object({
    ...common,
    type: z.literal('message.edited'),
    message: MessageEdit,
  }),
  z.object({
    ...common,
    type: z.literal('message.deleted'),
    message: z.object({ id: Id, version: z.int().min(1), deletedAt: Timestamp }),
  }),
  z.object({ ...common, type: z.literal('reaction.added'), message: Id, emoji: z.string() }),
  z.object({ ...common, type: z.literal('reaction.removed'), message: Id, emoji: z.string() }),
  z.object({ ...common, type: z.literal('conversation.created'), conversation: Conversation }),
  z.object({ ...common, type: z.literal('conversation.updated'), conversation: Conversation }),
  z.object({ ...common, type: z.literal('member.added'), user: Id, role: KnownRole }),
  z.object({ ...common, type: z.literal('member.removed'), user: Id, role: KnownRole }),
  z.object({ ...common, type: z.literal('member.role'), user: Id, role: KnownRole }),
  z.object({ ...common, type: z.literal('conversation.joined'), conversation: Id }),
  z.object({ ...common, type: z.literal('conversation.left'), conversation: Id }),
  z.object({ ...common, type: z.literal('read'), conversation: Id, upTo: Cursor }),
])
type WireEvent = z.infer<typeof StreamEvent>
type With<T extends WireEvent['type'], M> = Omit<Extract<WireEvent, { type: T }>, 'message'> & {
  message: M
}
export type StreamEvent =
  | Exclude<WireEvent, { type: 'message.created' | 'message.edited' }>
  | With<'message.created', Message>
  | With<'message.edited', MessageEdit>
export type StreamEventType = StreamEvent['type']

/** The event of one type. */
export type StreamEventOf<T extends StreamEventType> = Extract<StreamEvent, { type: T }>
