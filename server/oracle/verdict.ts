import pg from 'pg'
import { StreamEvent } from '../../protocol/model/event.ts'
import { type StreamId, userStream } from '../../protocol/model/primitives.ts'
import { replay } from './ask-once.ts'
import type { Acknowledged, Device } from './device.ts'
import type { World } from './world.ts'

/** What the database says happened. */
export type Truth = ReadonlyMap<StreamId, readonly StreamEvent[]>

/** Reads all streams straight from the database, past every part of the server. */
export async function readTruth(database: string): Promise<Truth> {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  try {
    const { rows } = await client.query<{ stream: string; json: string }>(
      'SELECT stream, json FROM events ORDER BY stream, seq',
    )
    const truth = new Map<StreamId, StreamEvent[]>()
    for (const { stream, json } of rows) {
      const log = truth.get(stream) ?? []
      log.push(StreamEvent.parse(JSON.parse(json)))
      truth.set(stream, log)
    }
    return truth
  } finally {
    await client.end()
  }
}

/**
 * How much of a stream a device of this user has to have at the end, and may have. A member: all. One who was removed:
 * nothing beyond the removal; and where it was away at that time, it ends wherever it was, for it may not read any more
 * and its own stream tells of the removal.
 */
export function readable(
  truth: Truth,
  stream: StreamId,
  user: string,
): { readonly least: number; readonly most: number } {
  const log = truth.get(stream) ?? []
  const last = log.findLast(
    (event) =>
      (event.type === 'member.added' || event.type === 'member.removed') && event.user === user,
  )
  return last?.type === 'member.removed'
    ? { least: 0, most: last.seq }
    : { least: log.length, most: log.length }
}

/** What is judged of a device. */
export type Witness = Pick<
  Device,
  'user' | 'log' | 'acknowledged' | 'refused' | 'violations' | 'sentInOrder'
>

/** Everything that is wrong at the end; empty when every promise was kept. */
export async function judge(world: World, truth: Truth): Promise<string[]> {
  return [...judgeLogs(truth, world.devices), ...(await noBodyIsReplayed(world, truth))]
}

/** The part that needs no server any more. */
export function judgeLogs(truth: Truth, witnesses: readonly Witness[]): string[] {
  const problems: string[] = []
  for (const [stream, log] of truth) {
    for (const [index, event] of log.entries()) {
      if (event.seq !== index + 1) problems.push(`${stream}: ${event.seq} at place ${index + 1}`)
    }
  }
  problems.push(...eachKeyOnce(truth), ...bodiesOfDeleted(truth))
  for (const witness of witnesses) {
    problems.push(...witness.violations, ...comparedWithTruth(witness, truth))
    for (const done of witness.acknowledged) problems.push(...isThere(done, witness.user, truth))
    problems.push(...inOrder(witness), ...refusedAreNot(witness, truth))
  }
  return problems
}

function eachKeyOnce(truth: Truth): string[] {
  const seen = new Set<string>()
  const problems: string[] = []
  for (const log of truth.values()) {
    for (const event of log) {
      if (event.type !== 'message.created') continue
      const key = `${event.message.author} ${event.message.key}`
      if (seen.has(key)) problems.push(`twice: the message with key ${key}`)
      seen.add(key)
    }
  }
  return problems
}

/** The device's log is the database's, from 1 to the end of what it may read; only bodies may have gone since [V6]. */
function comparedWithTruth(device: Witness, truth: Truth): string[] {
  const problems: string[] = []
  for (const [stream, log] of device.log.streams) {
    const { least, most } = readable(truth, stream, device.user)
    if (log.length < least || log.length > most) {
      problems.push(`${stream}: a device has ${log.length} of ${most}`)
    }
    const expected = truth.get(stream) ?? []
    for (const [index, event] of log.entries()) {
      const there = expected[index]
      if (there === undefined || !sameEvent(event, there)) {
        problems.push(`${stream} ${index + 1}: ${JSON.stringify(event)} is not what happened`)
      }
    }
  }
  return problems
}

function sameEvent(received: StreamEvent, stored: StreamEvent): boolean {
  if (JSON.stringify(received) === JSON.stringify(stored)) return true
  // Erased since it was received: all but what erasing changes is the same.
  const erased =
    (stored.type === 'message.created' || stored.type === 'message.edited') &&
    stored.message.deletedAt !== undefined &&
    stored.message.body === undefined
  return (
    erased &&
    received.type === stored.type &&
    received.at === stored.at &&
    received.by === stored.by &&
    'message' in received &&
    typeof received.message === 'object' &&
    received.message.id === stored.message.id
  )
}

/** An acknowledged change is in the log, at its seq, by its author, and of its kind. */
function isThere(done: Acknowledged, user: string, truth: Truth): string[] {
  const { change, key, seq, duplicate } = done
  const logs =
    'conversation' in change ? [truth.get(change.conversation) ?? []] : [...truth.values()]
  if (logs.some((log) => bearsOut(log[seq - 1], done, user))) return []
  return [`lost: ${change.op} acknowledged at ${seq}${duplicate ? ' (again)' : ''}, key ${key}`]
}

function bearsOut(
  event: StreamEvent | undefined,
  { change, key }: Acknowledged,
  user: string,
): boolean {
  switch (change.op) {
    case 'send':
      return (
        event?.type === 'message.created' &&
        event.message.key === key &&
        event.message.author === user
      )
    case 'edit':
      return (
        event?.type === 'message.edited' && event.by === user && event.message.id === change.message
      )
    case 'delete':
      return event?.type === 'message.deleted' && event.message.id === change.message
    case 'react':
    case 'member.add':
    case 'member.remove':
      // What already was as asked answers with a seq of before, and adds nothing.
      return event !== undefined
  }
}

/** [O3] Messages of one device to one conversation are in the order in which it wrote them. */
function inOrder(device: Witness): string[] {
  const last = new Map<string, number>()
  const problems: string[] = []
  for (const { change, seq } of device.sentInOrder()) {
    if (change.op !== 'send') continue
    if (seq <= (last.get(change.conversation) ?? 0)) {
      problems.push(`out of order in ${change.conversation}: ${seq} after a later one`)
    }
    last.set(change.conversation, seq)
  }
  return problems
}

function refusedAreNot(device: Witness, truth: Truth): string[] {
  const refused = new Set(device.refused.map(({ key }) => key))
  const problems: string[] = []
  for (const log of truth.values()) {
    for (const event of log) {
      if (event.type === 'message.created' && refused.has(event.message.key ?? '')) {
        problems.push(`refused and there all the same: ${event.message.key}`)
      }
    }
  }
  return problems
}

/** A new device is sent by either node what is stored, and so no body of a deleted message. */
async function noBodyIsReplayed(world: World, truth: Truth): Promise<string[]> {
  const [session] = world.sessions
  if (session === undefined) return ['nobody to replay to']
  const heads = new Map<StreamId, number>()
  for (const stream of [userStream(session.user.id), ...world.rooms.values()]) {
    heads.set(stream, truth.get(stream)?.length ?? 0)
  }
  const problems: string[] = []
  for (const { url } of world.nodes) {
    const logs = await replay(url, session.token, heads)
    for (const [stream, log] of logs) {
      if (JSON.stringify(log) !== JSON.stringify(truth.get(stream) ?? [])) {
        problems.push(`${stream}: a replay is not what is stored`)
      }
    }
  }
  return problems
}

function bodiesOfDeleted(truth: Truth): string[] {
  const problems: string[] = []
  const deleted = new Set<string>()
  for (const log of truth.values()) {
    for (const event of log) if (event.type === 'message.deleted') deleted.add(event.message.id)
  }
  for (const log of truth.values()) {
    for (const event of log) {
      if (event.type !== 'message.created' && event.type !== 'message.edited') continue
      if (deleted.has(event.message.id) && event.message.body !== undefined) {
        problems.push(`the body of deleted message ${event.message.id} is still there`)
      }
    }
  }
  return problems
}
