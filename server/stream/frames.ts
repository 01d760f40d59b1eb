import type { Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { Push } from '../../protocol/wire/push.ts'
import type { StreamEntry } from '../domain/stream-entry.ts'

/** Opcode of a final text frame, RFC 6455 section 5.2. */
const FINAL_TEXT = 0x81
const MAX_7_BIT = 125
const MAX_16_BIT = 0xffff
/** Characters of events in one frame: at three bytes each, still well below MAX_FRAME_BYTES. */
const MAX_EVENTS_CHARS = 256 * 1024

/**
 * A text frame as a server sends it, header and all [RFC 6455, 5.2]: made once, it can be written to every receiver's
 * socket as it is, where the library would make a header for each.
 */
export function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text)
  const header = bytes <= MAX_7_BIT ? 2 : bytes <= MAX_16_BIT ? 4 : 10
  const frame = Buffer.allocUnsafe(header + bytes)
  frame[0] = FINAL_TEXT
  if (header === 2) {
    frame[1] = bytes
  } else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(bytes, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(0, 2)
    frame.writeUInt32BE(bytes, 6)
  }
  frame.write(text, header)
  return frame
}

/**
 * The push of entries, from their JSON as it was stored: one frame, or as many as it takes to keep each far below what
 * a client accepts.
 */
export function eventsFrames(stream: StreamId, entries: readonly StreamEntry[]): Buffer[] {
  const frames: Buffer[] = []
  let events = ''
  for (const { json } of entries) {
    if (events !== '' && events.length + json.length > MAX_EVENTS_CHARS) {
      frames.push(eventsFrame(stream, events))
      events = ''
    }
    events = events === '' ? json : `${events},${json}`
  }
  if (events !== '') frames.push(eventsFrame(stream, events))
  return frames
}

function eventsFrame(stream: StreamId, events: string): Buffer {
  // Names of streams need no escapes: they were checked against their schema.
  return textFrame(`{"push":"events","stream":"${stream}","events":[${events}]}`)
}

export function headsFrame(heads: Cursors): Buffer {
  return pushFrame({ push: 'heads', heads })
}

export function pushFrame(push: Push): Buffer {
  return textFrame(JSON.stringify(push))
}
