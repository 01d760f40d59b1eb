import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { type WireError, wireError } from '../../protocol/wire/error.ts'
import { invalid } from '../ws/read-frame.ts'

/** No body of the HTTP API is anywhere near this, in bytes. */
const MAX_BYTES = 64 * 1024

/** Reads a JSON body that fits the schema, or says what is wrong with it. */
export async function readJson<T>(
  request: IncomingMessage,
  schema: z.ZodType<T>,
): Promise<{ ok: true; value: T } | { ok: false; error: WireError }> {
  // A page of another site can post text without asking first; JSON it cannot.
  if (!(request.headers['content-type'] ?? '').startsWith('application/json')) {
    return refuse('invalid', 'The body has to be application/json.')
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MAX_BYTES) return refuse('too_large', `The body is over ${MAX_BYTES} bytes.`)
    chunks.push(chunk)
  }
  let json: unknown
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return refuse('invalid', 'The body is not JSON.')
  }
  const parsed = schema.safeParse(json)
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, error: invalid(parsed.error) }
}

function refuse(code: 'invalid' | 'too_large', message: string): { ok: false; error: WireError } {
  return { ok: false, error: wireError(code, message) }
}
