import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { StreamEvent } from '../../protocol/model/event.ts'
import { CloseCode } from '../../protocol/wire/close-codes.ts'
import { WIRE_DIGEST } from '../../protocol/wire/digest.ts'
import { ERROR_CODES, WireError } from '../../protocol/wire/error.ts'
import { Push } from '../../protocol/wire/push.ts'
import { ErrorReply } from '../../protocol/wire/reply.ts'
import { REPLIES, Request } from '../../protocol/wire/request.ts'

const schemas = { Request, Push, StreamEvent, WireError, ErrorReply, ...REPLIES }

test('[G1] the digest is that of the schemas: who changes them writes the new one here and the change into docs/protocol.md', () => {
  const told = Object.entries(schemas).map(([name, schema]) => [
    name,
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  ])
  const text = JSON.stringify([told, ERROR_CODES, CloseCode])
  expect(WIRE_DIGEST).toBe(createHash('sha256').update(text).digest('hex').slice(0, 32))
})
