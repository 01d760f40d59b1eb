import type { Cursors, StreamId } from '../../protocol/model/primitives.ts'
import type { Push } from '../../protocol/wire/push.ts'
import type { StreamEntry } from '../domain/stream-entry.ts'

/** Opcode of a final text frame, RFC 6455 section 5.2. */
const FINAL_TEXT = 0x81
const MAX_7_BIT = 125
const MAX_16_BIT = 0xffff

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

/** The push of entries, from their JSON as it was stored. */
export function eventsFrame(stream: StreamId, entries: readonly StreamEntry[]): Buffer {
  // Ids and stream names need no escapes: they were checked against their schema.
  let text = `{"push":"events","stream":"${stream}","events":[`
  let separator = ''
  for (const { json } of entries) {
    text += separator
    text += json
    separator = ','
  }
  return textFrame(`${text}]}`)
}

export function headsFrame(heads: Cursors): Buffer {
  return pushFrame({ push: 'heads', heads })
}

export function pushFrame(push: Push): Buffer {
  return textFrame(JSON.stringify(push))
}
