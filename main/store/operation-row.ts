import { z } from 'zod'
import { Id, IdempotencyKey, Seq } from '../../protocol/model/primitives.ts'
import type { Operation, OperationStatus } from '../sync/operation.ts'
import type { OperationFailure } from '../sync/operation-failure.ts'
import { resumable } from '../sync/operation-transitions.ts'
import { parseJson } from './parse-json.ts'

/** How an operation is kept: four columns to find it by, and the rest as JSON. */
export interface OperationRow {
  readonly key: string
  readonly ordinal: number
  readonly conversation: string
  readonly created_at: number
  readonly record: string
}

const Failure = z.object({
  code: z.string(),
  message: z.string().exactOptional(),
  retryAfterMs: z.number().exactOptional(),
  size: z.object({ bytes: z.number(), limit: z.number() }).exactOptional(),
}) satisfies z.ZodType<OperationFailure>

const RESTING = [
  z.object({ state: z.literal('queued') }),
  z.object({
    state: z.literal('waiting'),
    retry: z.int().min(1),
    at: z.number(),
    delayMs: z.number().min(0),
    failure: Failure,
  }),
  z.object({ state: z.literal('unconfirmed') }),
  z.object({ state: z.literal('failed'), failure: Failure }),
  z.object({
    state: z.literal('conflict'),
    mine: z.string(),
    theirs: z.string(),
    theirVersion: z.int(),
  }),
] as const

const Status = z.discriminatedUnion('state', [
  ...RESTING,
  z.object({
    state: z.literal('held'),
    what: z.enum(['delete', 'discard']),
    by: z.string(),
    at: z.number(),
    delayMs: z.number().min(0),
    resume: z.discriminatedUnion('state', RESTING),
  }),
]) satisfies z.ZodType<OperationStatus>

const Target = z.object({ key: z.string().min(1), id: Id.nullable() })

const base = {
  key: IdempotencyKey,
  conversation: Id,
  ordinal: z.int(),
  createdAt: z.number(),
  attempts: z.int().min(0),
  cuts: z.int().min(0).exactOptional(),
  mayHaveArrived: z.boolean(),
  status: Status,
}

/** An operation as it is read back; what is on disk is not trusted. */
const StoredOperation = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('send'), body: z.string(), replyTo: Target.nullable() }),
  z.object({
    ...base,
    kind: z.literal('edit'),
    target: Target,
    body: z.string(),
    baseVersion: z.int().min(1).nullable(),
  }),
  z.object({ ...base, kind: z.literal('delete'), target: Target }),
  z.object({
    ...base,
    kind: z.literal('react'),
    target: Target,
    emoji: z.string(),
    on: z.boolean(),
  }),
  z.object({ ...base, kind: z.literal('read'), seq: Seq }),
]) satisfies z.ZodType<Operation>

/**
 * The row of an operation. What only holds while the process lives is not kept: one that is on the line is
 * `unconfirmed` after a restart.
 */
export function encodeOperation(operation: Operation): OperationRow {
  const { key, ordinal, conversation, createdAt, ...rest } = operation
  const { state } = rest.status
  const status = state === 'sending' ? resumable(operation) : rest.status
  return {
    key,
    ordinal,
    conversation,
    created_at: createdAt,
    record: JSON.stringify({ ...rest, status }),
  }
}

/** The operation of a row; null when it cannot be read [O9]. */
export function decodeOperation(row: OperationRow): Operation | null {
  const record = parseJson(row.record)
  if (typeof record !== 'object' || record === null) return null
  const { key, ordinal, conversation, created_at: createdAt } = row
  const parsed = StoredOperation.safeParse({ ...record, key, ordinal, conversation, createdAt })
  return parsed.success ? parsed.data : null
}
