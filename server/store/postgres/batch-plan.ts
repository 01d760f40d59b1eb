import type { Id } from '../../../protocol/model/primitives.ts'
import type { AnyCommand } from '../../domain/command.ts'
import { keyOf } from './fact-source.ts'

/**
 * Which waiting commands go into the next transaction. Pure.
 *
 * Transactions run side by side, but never two of one connection's commands, so that they take effect in the order in
 * which they came [O3]; and never two of one conversation, which would only wait for each other's lock: what arrives
 * for it meanwhile is committed together by the next [V3].
 */

/** What the transactions under way hold. */
export interface Busy {
  readonly lanes: ReadonlySet<number>
  readonly conversations: ReadonlySet<Id>
}

export interface BatchPlan<W> {
  readonly batch: readonly W[]
  /** What stays waiting, in its order. */
  readonly rest: readonly W[]
}

/**
 * Commands whose decision rests on more than heads and keys, which is all that one batch keeps up to date between
 * its commands: they are alone in theirs. They are few.
 */
const ALONE: ReadonlySet<AnyCommand['op']> = new Set<AnyCommand['op']>([
  'conversation.create',
  'conversation.update',
  'member.add',
  'member.remove',
  'member.role',
])

/** What a command alone of its batch may touch: its key, the message it makes or changes, the marks it moves. */
function claimsOf({ op, actor, request, freshId }: AnyCommand): readonly string[] {
  if (op === 'delivered' || op === 'read') {
    const marks = `marks ${actor} ${request.conversation}`
    // A read mark also moves the head of the reader's own stream.
    return op === 'read' ? [marks, `read ${actor}`] : [marks]
  }
  const claims = [`key ${keyOf(actor, request.key)}`]
  if ('message' in request) claims.push(`message ${request.message}`)
  else if (op === 'send') claims.push(`message ${freshId}`)
  return claims
}

/** The conversation that a command names; one about a message names none, and the database's lock sees to it. */
export function conversationOf({ request }: AnyCommand): Id | null {
  return 'conversation' in request ? request.conversation : null
}

/** Takes up to `limit` commands from the front of the queue that may run now, in one transaction. */
export function planBatch<W extends { readonly command: AnyCommand }>(
  queue: readonly W[],
  busy: Busy,
  limit: number,
): BatchPlan<W> {
  const batch: W[] = []
  const rest: W[] = []
  const passed = new Set<number>()
  const claimed = new Set<string>()
  let full = false
  for (const waiting of queue) {
    const { command } = waiting
    if (full || passed.has(command.lane) || !mayRun(command, busy)) {
      passed.add(command.lane)
      rest.push(waiting)
      continue
    }
    const claims = claimsOf(command)
    const alone = ALONE.has(command.op)
    if ((alone && batch.length > 0) || claims.some((claim) => claimed.has(claim))) {
      passed.add(command.lane)
      rest.push(waiting)
      continue
    }
    for (const claim of claims) claimed.add(claim)
    batch.push(waiting)
    full = alone || batch.length >= limit
  }
  return { batch, rest }
}

function mayRun(command: AnyCommand, busy: Busy): boolean {
  if (busy.lanes.has(command.lane)) return false
  const conversation = conversationOf(command)
  return conversation === null || !busy.conversations.has(conversation)
}
