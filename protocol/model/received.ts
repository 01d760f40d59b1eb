import { MessageEdit, StreamEvent } from './event.ts'
import { Message } from './message.ts'
import { type Cursor, isId, Seq, type StreamId } from './primitives.ts'

/**
 * The client's door for what lasts: events and messages as a server sends them, one by one, so that one that this version
 * cannot read holds up nothing [O9, G1]. It is kept as it came, for the version that can.
 */

/** Why something that came is kept unread. `threw`: it fits, and made something here fail all the same. */
type KeptReason = 'unknown_type' | 'misfit' | 'threw' | 'waits'

/** An event in its place that this version cannot apply. */
interface KeptEvent {
  readonly type: 'kept'
  readonly seq: Seq
  /** What its sender calls it; empty where it does not say. */
  readonly name: string
  readonly reason: Extract<KeptReason, 'unknown_type' | 'misfit'>
  /** As it came. */
  readonly raw: unknown
}

/** An event of a stream: one to be applied, or one to be kept. */
export type ReceivedEvent = StreamEvent | KeptEvent

const TYPES: ReadonlySet<string> = new Set(StreamEvent.options.map(({ shape }) => shape.type.value))

/** Longest name of a type that is kept, in UTF-16 code units. */
const MAX_NAME_LENGTH = 200

/** One event. `place` is its seq where it does not say so itself; null: it cannot be placed. */
export function readEvent(raw: unknown, place: Seq | null): ReceivedEvent | null {
  const parsed = StreamEvent.safeParse(raw)
  if (parsed.success) return withNewer(parsed.data, raw)
  const seq = seqOf(raw) ?? place
  if (seq === null) return null
  const name = textOf(raw, 'type').slice(0, MAX_NAME_LENGTH)
  const reason = name === '' || TYPES.has(name) ? 'misfit' : 'unknown_type'
  return { type: 'kept', seq, name, reason, raw }
}

/**
 * Events of one frame, which are consecutive: the seq of one that does not say it follows from its neighbours, or from
 * the cursor that a page was asked for. One that cannot be placed is left out; the gap asks for a page.
 */
export function readEvents(list: readonly unknown[], after: Cursor | null): ReceivedEvent[] {
  const anchor = list.findIndex((raw) => seqOf(raw) !== null)
  const first = anchor < 0 ? null : (seqOf(list.at(anchor)) ?? 0) - anchor
  const base = after === null ? first : after + 1
  return list.flatMap((raw, index) => {
    const place = base === null || base + index < 1 ? null : base + index
    return readEvent(raw, place) ?? []
  })
}

/** What came, as it is kept: JSON. What is nested too deeply to be written again is kept as a word that says so. */
export function rawText(raw: unknown): string {
  try {
    return JSON.stringify(raw) ?? 'null'
  } catch (error) {
    if (error instanceof RangeError) return '"nested too deeply"'
    throw error
  }
}

const FIELDS: ReadonlySet<string> = new Set(Object.keys(Message.shape))

/** One message, with the fields of a newer version beside it; null when it does not fit. */
export function readMessage(raw: unknown): Message | null {
  const parsed = Message.safeParse(raw)
  if (!parsed.success) return null
  const newer = newerFields(raw, FIELDS)
  return newer === null ? parsed.data : { ...parsed.data, newer }
}

/** A message that does not fit: what can be told of it. */
export interface KeptMessage {
  readonly id: string
  readonly seq: Seq | null
  readonly raw: unknown
}

/** Messages of a page, those that fit and those that do not. */
export function readMessages(list: readonly unknown[]): {
  messages: Message[]
  misfits: KeptMessage[]
} {
  const messages: Message[] = []
  const misfits: KeptMessage[] = []
  for (const raw of list) {
    const message = readMessage(raw)
    if (message !== null) messages.push(message)
    else {
      const id = textOf(raw, 'id')
      misfits.push({ id: isId(id) ? id : '', seq: seqOf(raw), raw })
    }
  }
  return { messages, misfits }
}

/** What was written by a newer version onto what an older one had kept. Both are JSON objects. */
export function mergeNewer(
  before: string | undefined,
  told: string | undefined,
): { newer?: string } {
  if (told === undefined) return before === undefined ? {} : { newer: before }
  if (before === undefined) return { newer: told }
  return { newer: JSON.stringify({ ...JSON.parse(before), ...JSON.parse(told) }) }
}

/** The stream that a frame is about, as far as it says so. */
export function streamOf(raw: unknown): StreamId {
  const stream = textOf(raw, 'stream') || textOf(raw, 'conversation')
  return stream.length <= MAX_NAME_LENGTH ? stream : ''
}

const EDIT_FIELDS: ReadonlySet<string> = new Set(Object.keys(MessageEdit.shape))

function withNewer(event: StreamEvent, raw: unknown): StreamEvent {
  if (event.type === 'message.created') {
    const newer = newerFields(fieldOf(raw, 'message'), FIELDS)
    return newer === null ? event : { ...event, message: { ...event.message, newer } }
  }
  if (event.type === 'message.edited') {
    const newer = newerFields(fieldOf(raw, 'message'), EDIT_FIELDS)
    return newer === null ? event : { ...event, message: { ...event.message, newer } }
  }
  return event
}

/** The fields that are not known here, as JSON; null for none. */
function newerFields(raw: unknown, known: ReadonlySet<string>): string | null {
  if (typeof raw !== 'object' || raw === null) return null
  const rest = Object.entries(raw).filter(([name]) => !known.has(name))
  const text = rest.length === 0 ? '' : rawText(Object.fromEntries(rest))
  return text.startsWith('{') ? text : null
}

function seqOf(raw: unknown): Seq | null {
  const seq = Seq.safeParse(fieldOf(raw, 'seq'))
  return seq.success ? seq.data : null
}

function textOf(raw: unknown, name: string): string {
  const value = fieldOf(raw, name)
  return typeof value === 'string' ? value : ''
}

function fieldOf(raw: unknown, name: string): unknown {
  if (typeof raw !== 'object' || raw === null || !Object.hasOwn(raw, name)) return undefined
  return Reflect.get(raw, name)
}
