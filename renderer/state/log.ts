import type { MessagesPage, MessageView } from '../../protocol/ipc/views.ts'

/** A message as it was told, and when: waits in it are counted from there (ms of performance.now()). */
export interface Entry {
  readonly message: MessageView
  readonly receivedAt: number
}

/**
 * The loaded part of one conversation: a gapless window of confirmed messages by seq, then the unconfirmed ones in
 * the order they were made [O3]. `attached`: the window reaches the newest message, so that new ones join it.
 */
export interface Log {
  readonly confirmed: readonly Entry[]
  readonly unconfirmed: readonly Entry[]
  readonly hasOlder: boolean
  readonly attached: boolean
  /** Highest seq that is known to exist, 0 for none. */
  readonly headSeq: number
}

const seqOf = (entry: Entry): number => entry.message.seq ?? Number.POSITIVE_INFINITY

/** Seq of the oldest confirmed message of the window, or null. */
export function bottomSeq(log: Log): number | null {
  return log.confirmed[0]?.message.seq ?? null
}

/** Seq of the newest confirmed message of the window, or null. */
export function topSeq(log: Log): number | null {
  return log.confirmed.at(-1)?.message.seq ?? null
}

/** Everything to show, in order. The unconfirmed come only where nothing is missing before them. */
export function entriesOf(log: Log): readonly Entry[] {
  if (!log.attached || log.unconfirmed.length === 0) return log.confirmed
  return [...log.confirmed, ...log.unconfirmed]
}

/** Finds a loaded message by its key. */
export function findEntry(log: Log, key: string): Entry | undefined {
  const is = (entry: Entry): boolean => entry.message.key === key
  return log.unconfirmed.find(is) ?? log.confirmed.findLast(is)
}

/** The newest own message that can still be edited, for Up in an empty box. */
export function lastEditable(log: Log): MessageView | undefined {
  const can = ({ message }: Entry): boolean =>
    message.own && message.body !== null && (message.editable || message.id === null)
  return (log.unconfirmed.findLast(can) ?? log.confirmed.findLast(can))?.message
}

/** Merges by key and sorts by seq; what comes later in `added` wins over what is there. */
function mergeConfirmed(present: readonly Entry[], added: readonly Entry[]): readonly Entry[] {
  if (added.length === 0) return present
  const first = added[0]
  const last = present.at(-1)
  const appends =
    first !== undefined &&
    (last === undefined || seqOf(first) > seqOf(last)) &&
    added.every((entry, i) => i === 0 || seqOf(entry) > seqOf(added[i - 1] ?? entry))
  const fresh = new Map(added.map((entry) => [entry.message.key, entry]))
  if (appends && !present.some((entry) => fresh.has(entry.message.key))) {
    return [...present, ...added]
  }
  const merged = present.map((entry) => {
    const replacement = fresh.get(entry.message.key)
    if (replacement !== undefined) fresh.delete(entry.message.key)
    return replacement ?? entry
  })
  return [...merged, ...fresh.values()].sort((a, b) => seqOf(a) - seqOf(b))
}

function stamp(messages: readonly MessageView[], receivedAt: number): Entry[] {
  return messages.map((message) => ({ message, receivedAt }))
}

function split(entries: readonly Entry[]): { confirmed: Entry[]; unconfirmed: Entry[] } {
  return {
    confirmed: entries
      .filter((entry) => entry.message.seq !== null)
      .sort((a, b) => seqOf(a) - seqOf(b)),
    unconfirmed: entries.filter((entry) => entry.message.seq === null),
  }
}

/** A log from the newest page of a conversation. */
export function fromNewestPage(page: MessagesPage, receivedAt: number): Log {
  const { confirmed, unconfirmed } = split(stamp(page.messages, receivedAt))
  return {
    confirmed,
    unconfirmed,
    hasOlder: page.hasOlder,
    attached: true,
    headSeq: confirmed.at(-1)?.message.seq ?? 0,
  }
}

/** A window somewhere back in the conversation; `newest` tells what the end of the conversation looks like. */
export function fromWindow(page: MessagesPage, newest: MessagesPage, receivedAt: number): Log {
  const end = fromNewestPage(newest, receivedAt)
  const { confirmed } = split(stamp(page.messages, receivedAt))
  const log: Log = { ...end, confirmed, hasOlder: page.hasOlder, attached: false }
  return attachIfWhole(log)
}

/** Adds a page that ends just below the window. */
export function addOlder(log: Log, page: MessagesPage, receivedAt: number): Log {
  const { confirmed } = split(stamp(page.messages, receivedAt))
  const bottom = bottomSeq(log)
  const older = bottom === null ? confirmed : confirmed.filter((entry) => seqOf(entry) < bottom)
  return { ...log, confirmed: [...older, ...log.confirmed], hasOlder: page.hasOlder }
}

/**
 * Adds what a page holds above the window. `covered` is the seq up to which the page is complete: a range without
 * messages moves nothing on screen, but the caller knows to ask beyond it.
 */
export function addNewer(log: Log, page: MessagesPage, covered: number, receivedAt: number): Log {
  const top = topSeq(log) ?? 0
  const { confirmed } = split(stamp(page.messages, receivedAt))
  const newer = confirmed.filter((entry) => seqOf(entry) > top && seqOf(entry) <= covered)
  return attachIfWhole({ ...log, confirmed: [...log.confirmed, ...newer] })
}

function attachIfWhole(log: Log): Log {
  const attached = log.attached || (topSeq(log) ?? 0) >= log.headSeq
  return attached === log.attached ? log : { ...log, attached }
}

/**
 * Applies what main told: messages that are new or changed, and keys that are gone. Outside the window only the head
 * moves: joining it there would hide that something is missing in between.
 */
export function applyMessages(
  log: Log,
  upserted: readonly MessageView[],
  removed: readonly string[],
  receivedAt: number,
): Log {
  const { confirmed, unconfirmed } = split(stamp(upserted, receivedAt))
  const gone = new Set(removed)
  const settled = new Set(confirmed.map((entry) => entry.message.key))
  const bottom = bottomSeq(log)
  const top = topSeq(log)
  const known = new Set(log.confirmed.map((entry) => entry.message.key))
  const joining = confirmed.filter((entry) => {
    const seq = seqOf(entry)
    if (known.has(entry.message.key)) return true
    if (bottom !== null && seq < bottom) return !log.hasOlder
    if (top !== null && seq > top) return log.attached
    return top !== null || log.attached
  })
  const merged = mergeConfirmed(log.confirmed, joining)
  // A server that was restored may know nothing of a message that it had confirmed: it stands with the waiting ones again.
  const left = new Set([...removed, ...unconfirmed.map((entry) => entry.message.key)])
  return {
    ...log,
    confirmed: left.size === 0 ? merged : without(merged, left),
    unconfirmed: mergeUnconfirmed(log.unconfirmed, unconfirmed, gone, settled),
    headSeq: confirmed.reduce((head, entry) => Math.max(head, seqOf(entry)), log.headSeq),
  }
}

function without(entries: readonly Entry[], keys: ReadonlySet<string>): readonly Entry[] {
  const kept = entries.filter((entry) => !keys.has(entry.message.key))
  return kept.length === entries.length ? entries : kept
}

function mergeUnconfirmed(
  present: readonly Entry[],
  added: readonly Entry[],
  gone: ReadonlySet<string>,
  settled: ReadonlySet<string>,
): readonly Entry[] {
  if (added.length === 0 && gone.size === 0 && settled.size === 0) return present
  const fresh = new Map(added.map((entry) => [entry.message.key, entry]))
  const kept: Entry[] = []
  for (const entry of present) {
    const { key } = entry.message
    if (gone.has(key) || settled.has(key)) continue
    kept.push(fresh.get(key) ?? entry)
    fresh.delete(key)
  }
  return [...kept, ...fresh.values()]
}

/** Most messages kept in memory for one conversation. */
export const MAX_LOADED = 1_500
/** How many are left at the end that is cut, so that scrolling back a little loads nothing. */
const KEPT_BEYOND = 400

/**
 * Cuts what is far from the visible part, once the window holds more than MAX_LOADED: at most one end a call, since
 * the virtual list can keep its place only when one end moves. `visible` is an index of `entriesOf`.
 */
export function trim(log: Log, visible: number): Log {
  if (log.confirmed.length <= MAX_LOADED) return log
  const after = log.confirmed.length - visible - 1
  if (after > visible && after > KEPT_BEYOND) {
    return { ...log, confirmed: log.confirmed.slice(0, visible + KEPT_BEYOND), attached: false }
  }
  if (visible > KEPT_BEYOND) {
    return { ...log, confirmed: log.confirmed.slice(visible - KEPT_BEYOND), hasOlder: true }
  }
  return log
}
