import { z } from 'zod'
import { StreamEvent } from '../../../protocol/model/event.ts'
import { Seq, type StreamId } from '../../../protocol/model/primitives.ts'
import { entryOfEvent, type StreamEntry } from '../../domain/stream-entry.ts'

/**
 * An entry in Redis is one character and the event's JSON: `!` when the event changes who may read (then, and only
 * then, a reader looks into the JSON), `.` for all others.
 */
const CHANGES_ACCESS = '!'
const PLAIN = '.'

export function encodeEntry(entry: StreamEntry): string {
  return (entry.access === undefined ? PLAIN : CHANGES_ACCESS) + entry.json
}

/** The entry, or null when the value is not one of ours (Redis is a door too: what comes from it is checked). */
export function decodeEntry(stream: StreamId, seq: number, value: string): StreamEntry | null {
  const json = value.slice(1)
  if (value.startsWith(`${PLAIN}{`)) return { seq, json }
  if (!value.startsWith(`${CHANGES_ACCESS}{`)) return null
  const event = StreamEvent.safeParse(parseJson(json))
  return event.success && event.data.seq === seq
    ? { ...entryOfEvent(stream, event.data), json }
    : null
}

/**
 * Reads what the append script publishes: lines of origin, first seq and one encoded entry each (JSON has no raw
 * newline), of seqs without a gap. Null when it is not that.
 */
export function decodeLive(stream: StreamId, payload: string): readonly StreamEntry[] | null {
  const [, firstText, ...values] = payload.split('\n')
  const first = Seq.safeParse(Number(firstText))
  if (!first.success || values.length === 0) return null
  const entries: StreamEntry[] = []
  for (const [index, value] of values.entries()) {
    const entry = decodeEntry(stream, first.data + index, value)
    if (entry === null) return null
    entries.push(entry)
  }
  return entries
}

const EntryId = z
  .string()
  .regex(/^[1-9]\d*-0$/)
  .transform((id) => Number.parseInt(id, 10))
  .pipe(Seq)

/** The seq of a Redis entry id `<seq>-0`, or null when it is not of that form. */
export function seqOfEntryId(id: string): number | null {
  const seq = EntryId.safeParse(id)
  return seq.success ? seq.data : null
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
