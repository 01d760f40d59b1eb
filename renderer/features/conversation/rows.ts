import type { Entry } from '../../state/log.ts'
import { startOfDay } from '../../text/time.ts'

/** One message of the log with what its neighbours make of it. */
export interface Row {
  readonly entry: Entry
  /** Start of a new day (ms since the epoch), written above the message; null within a day. */
  readonly day: number | null
  /** The first message that the user had not read: a line is drawn above it. */
  readonly firstUnread: boolean
  /** First and last of a run of messages that one person wrote within minutes. */
  readonly startsGroup: boolean
  readonly endsGroup: boolean
}

/** Messages of one author further apart than this are not drawn as one run, in ms. */
const GROUP_MS = 5 * 60_000

/** `unreadAfter`: the seq up to which everything was read when the conversation was opened; null for no line. */
export function buildRows(entries: readonly Entry[], unreadAfter: number | null): Row[] {
  const rows: Row[] = []
  let lineDrawn = unreadAfter === null
  let previousDay: number | null = null
  for (const [i, entry] of entries.entries()) {
    const { message } = entry
    const today = startOfDay(message.createdAt)
    const firstUnread =
      !lineDrawn && !message.own && message.seq !== null && message.seq > (unreadAfter ?? 0)
    if (firstUnread) lineDrawn = true
    // A message that failed days ago stands at the end, and a clock may have been wrong: days only go forward.
    const day: number | null = previousDay !== null && today <= previousDay ? null : today
    previousDay = day ?? previousDay
    const startsGroup = day !== null || firstUnread || !continues(entries[i - 1], entry)
    const before = rows.at(-1)
    if (before !== undefined) rows[i - 1] = { ...before, endsGroup: startsGroup }
    rows.push({ entry, day, firstUnread, startsGroup, endsGroup: true })
  }
  return rows
}

function continues(before: Entry | undefined, entry: Entry): boolean {
  if (before === undefined) return false
  const a = before.message
  const b = entry.message
  return a.author.id === b.author.id && Math.abs(b.createdAt - a.createdAt) < GROUP_MS
}

const EMOJI_ONLY =
  /^(?:(?:\p{RI}{2}|\p{ExtPict}(?:\uFE0F|\p{EMod})?(?:\u200D\p{ExtPict}(?:\uFE0F|\p{EMod})?)*)\s?){1,4}$/u

/** Whether a body is a few emoji and nothing else, which are drawn large. */
export function isEmojiOnly(body: string): boolean {
  return body.length <= 64 && EMOJI_ONLY.test(body)
}
