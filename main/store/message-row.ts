import { z } from 'zod'
import type { Message } from '../../protocol/model/message.ts'
import { readMessage } from '../../protocol/model/received.ts'
import { parseJson } from './parse-json.ts'

/**
 * The conversation of a message's log; null for a log that was replaced. Not a join: SQLite plans a join anew each
 * time that a value is bound to it, which costs many times the look-up itself.
 */
export const CONVERSATION = '(SELECT conversation FROM logs WHERE id = m.log)'

/** Columns of a message with the conversation of its log, as the queries of messages-table.ts select them. */
export const MESSAGE_COLUMNS = `
  m.place, m.id, ${CONVERSATION} AS conversation, m.seq, m.author, m.key, m.body, m.version,
  m.created_at, m.edited_at, m.deleted_at, m.reply_to, m.reactions, m.newer`

const optionalText = z.string().nullable()
const optionalTime = z.number().nullable()

export const MessageRow = z.object({
  place: z.number(),
  id: z.string(),
  conversation: z.string().nullable(),
  seq: z.number(),
  author: z.string(),
  key: optionalText,
  body: optionalText,
  version: z.number(),
  created_at: z.number(),
  edited_at: optionalTime,
  deleted_at: optionalTime,
  reply_to: optionalText,
  reactions: optionalText,
  newer: optionalText,
})
export type MessageRow = z.infer<typeof MessageRow>

/** The message of a row; null when the row does not make one, or belongs to a log that was replaced. */
export function decodeMessage(row: MessageRow): Message | null {
  return readMessage({
    ...newerOf(row),
    id: row.id,
    conversation: row.conversation,
    seq: row.seq,
    author: row.author,
    ...(row.key !== null && { key: row.key }),
    ...(row.body !== null && { body: row.body }),
    version: row.version,
    createdAt: isoTime(row.created_at),
    ...(row.edited_at !== null && { editedAt: isoTime(row.edited_at) }),
    ...(row.deleted_at !== null && { deletedAt: isoTime(row.deleted_at) }),
    ...(row.reply_to !== null && { replyTo: row.reply_to }),
    reactions: row.reactions === null ? {} : parseJson(row.reactions),
  })
}

/** Fields of a newer version: those that this one knows by now are read like any other. */
function newerOf({ newer }: MessageRow): object {
  const fields = newer === null ? null : parseJson(newer)
  return typeof fields === 'object' && fields !== null ? fields : {}
}

/** The reactions column: null for none. */
export function encodeReactions({ reactions }: Message): string | null {
  return Object.keys(reactions).length === 0 ? null : JSON.stringify(reactions)
}

/** A time of the wire as ms since the epoch; null for none. */
export function optionalMs(time: string | undefined): number | null {
  return time === undefined ? null : Date.parse(time)
}

function isoTime(ms: number): string | null {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** A message that was just written, as it would be read back: with the key that was kept, and times to the ms. */
export function storedForm(message: Message, key: string | null): Message {
  const { key: _told, body, createdAt, editedAt, deletedAt, ...rest } = message
  return {
    ...rest,
    ...(key !== null && { key }),
    ...(body !== undefined && deletedAt === undefined && { body }),
    createdAt: exactTime(createdAt),
    ...(editedAt !== undefined && { editedAt: exactTime(editedAt) }),
    ...(deletedAt !== undefined && { deletedAt: exactTime(deletedAt) }),
  }
}

function exactTime(time: string): string {
  return new Date(time).toISOString()
}
