import { randomUUID } from 'node:crypto'
import type { Id } from '../../protocol/model/primitives.ts'
import type { ChangeOp, Command, Wish } from '../domain/command.ts'
import { fingerprintOf } from '../store/fingerprint.ts'

/** What a test says of a request; the rest is filled in. */
export type Asked<O extends ChangeOp> = Omit<Wish<O>, 'id' | 'op' | 'key'> & { key?: string }

/**
 * Makes the command that the socket would make of a request: a fresh key unless one is given, and a lane of its own
 * unless it is to follow others in order.
 */
export function makeCommand<O extends ChangeOp>(
  op: O,
  actor: Id,
  asked: Asked<O>,
  lane = nextLane(),
): Command<O> {
  // The spread of a generic type is not known to be one; each op's fields are checked by `Asked`.
  const request = { id: 1, key: randomUUID(), ...asked, op } as unknown as Wish<O>
  const fingerprint = fingerprintOf(op, request)
  return { op, request, actor, fingerprint, freshId: randomUUID(), lane } as Command<O>
}

/** A lane that nobody else has: 52 random bits. */
function nextLane(): number {
  return Number.parseInt(randomUUID().replaceAll('-', '').slice(0, 13), 16)
}
