import { z } from 'zod'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import { Request } from '../../protocol/wire/request.ts'
import { requestId } from '../../protocol/wire/requests/envelope.ts'

/** What a frame turned out to be. */
export type Frame =
  | { readonly kind: 'request'; readonly request: Request }
  /** It can be answered, but not done: the op or a field does not fit. */
  | { readonly kind: 'misfit'; readonly id: number; readonly error: WireError }
  /** It is not the protocol: there is not even an id to answer to. */
  | { readonly kind: 'noise'; readonly reason: string }

const Envelope = z.object({ id: requestId })
/** Most problems that are told of one frame. */
const MAX_PROBLEMS = 8

/** Reads one frame of a client: the only place where what came over the socket becomes a request. */
export function readFrame(data: Buffer, isBinary: boolean): Frame {
  if (isBinary) return { kind: 'noise', reason: 'Frames are text.' }
  const json = parseJson(data.toString('utf8'))
  if (json === undefined) return { kind: 'noise', reason: 'The frame is not JSON.' }
  const request = Request.safeParse(json)
  if (request.success) return { kind: 'request', request: request.data }
  const envelope = Envelope.safeParse(json)
  if (!envelope.success) return { kind: 'noise', reason: 'The frame has no id to answer to.' }
  return { kind: 'misfit', id: envelope.data.id, error: invalid(request.error) }
}

/** `invalid`, with each field that does not fit and why; never with what the field held. */
export function invalid(error: z.ZodError): WireError {
  const problems = error.issues.slice(0, MAX_PROBLEMS).map(({ path, message }) => ({
    path: path.map(String),
    message,
  }))
  const fields = [...new Set(problems.map(({ path }) => path.join('.') || 'the frame'))]
  return wireError('invalid', `This does not fit: ${fields.join(', ')}.`, {
    details: { fields, problems },
  })
}

/** The value, or undefined (which no JSON is) when the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
