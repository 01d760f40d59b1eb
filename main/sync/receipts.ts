import type { Cursor, Id } from '../../protocol/model/primitives.ts'
import type { Receipt } from '../../protocol/model/receipt.ts'

/**
 * Up to which seq the user's messages in a conversation were delivered to all others, and read by all of them. What is
 * kept of it only grows, so that no message ever moves back on screen [R2].
 */
export interface Standing {
  readonly delivered: Cursor
  readonly read: Cursor
}

/** How many others a message is for, and how many of them it was delivered to and read by. */
export interface Reach {
  readonly of: number
  readonly delivered: number
  readonly read: number
}

/** What is known of the members of one conversation. */
export type ReceiptsByUser = ReadonlyMap<Id, Receipt>

export const NO_STANDING: Standing = { delivered: 0, read: 0 }

/** What was told of a member onto what is known; the same object when that is nothing new. Marks only grow. */
export function mergeReceipt(known: Receipt | null, told: Receipt): Receipt {
  const { user } = told
  const before = known ?? unknown(user)
  const joined = Math.max(before.joined, told.joined)
  const read = Math.max(before.read, told.read)
  // What was read was delivered, whatever was told of that.
  const delivered = Math.max(before.delivered, told.delivered, read)
  const isNew =
    known === null ||
    joined !== before.joined ||
    delivered !== before.delivered ||
    read !== before.read
  return isNew ? { user, joined, delivered, read } : known
}

/** The higher marks of two; the same object as `before` when that is it. */
export function mergeStanding(before: Standing, now: Standing): Standing {
  const delivered = Math.max(before.delivered, now.delivered)
  const read = Math.max(before.read, now.read)
  return delivered === before.delivered && read === before.read ? before : { delivered, read }
}

/**
 * How far everyone is who counts [R1]: of each message, the present members who were members when it was written. It is
 * delivered when all of these have it. A member who joined after it does not hold it back; but where nobody else was
 * there, it takes one who has it, so that a message that nobody got is not called delivered.
 */
export function standingOf(members: Iterable<Id>, receipts: ReceiptsByUser, self: Id): Standing {
  const others = othersOf(members, receipts, self)
  return {
    delivered: reachedByAll(others, ({ delivered }) => delivered),
    read: reachedByAll(others, ({ read }) => read),
  }
}

/** How a message that the server has stands. */
export function receiptState(
  seq: Cursor,
  { delivered, read }: Standing,
): 'sent' | 'delivered' | 'read' {
  if (seq <= read) return 'read'
  return seq <= delivered ? 'delivered' : 'sent'
}

/** Who of the present members counts for a message, and how many of these have it. */
export function reachOf(
  seq: Cursor,
  members: Iterable<Id>,
  receipts: ReceiptsByUser,
  self: Id,
): Reach {
  const counting = othersOf(members, receipts, self).filter(({ joined }) => joined < seq)
  return {
    of: counting.length,
    delivered: counting.filter((each) => each.delivered >= seq).length,
    read: counting.filter((each) => each.read >= seq).length,
  }
}

function othersOf(members: Iterable<Id>, receipts: ReceiptsByUser, self: Id): Receipt[] {
  return Array.from(members)
    .filter((user) => user !== self)
    .map((user) => receipts.get(user) ?? unknown(user))
}

function reachedByAll(others: readonly Receipt[], mark: (receipt: Receipt) => Cursor): Cursor {
  let all = Number.POSITIVE_INFINITY
  let furthest = 0
  for (const receipt of others) {
    all = Math.min(all, Math.max(receipt.joined, mark(receipt)))
    furthest = Math.max(furthest, mark(receipt))
  }
  return Math.min(all, furthest)
}

/** One of whom nothing was told: counts for every message, and has none. */
function unknown(user: Id): Receipt {
  return { user, joined: 0, delivered: 0, read: 0 }
}
