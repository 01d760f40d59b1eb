import type { AppState, FailureView, Notice } from '../../protocol/ipc/views.ts'
import type { Id, IdempotencyKey } from '../../protocol/model/primitives.ts'
import type { Conflicts } from './conflicts.ts'
import { type Conversations, NO_CONVERSATIONS } from './conversations.ts'
import type { Log } from './log.ts'
import type { Typing } from './typing.ts'

/** A log and what is being fetched for it. */
export interface LogSlot {
  /** null until the first page is there. */
  readonly log: Log | null
  readonly loading: 'none' | 'first' | 'older' | 'newer'
  /** Why the last page could not be had. */
  readonly failure: FailureView | null
  /** Grows whenever the log was replaced as a whole, so that the list starts anew at its place. */
  readonly generation: number
}

/** Where to bring the reader; `nonce` tells two jumps to one message apart. */
interface Jump {
  readonly conversation: Id
  readonly key: string
  readonly nonce: number
}

/** Something that did not work and has no better place to say so. */
interface Alert {
  readonly id: number
  readonly text: string
}

/** All that the screen is drawn from, apart from what a single component keeps to itself. */
export interface Model {
  /** null until main has answered. `receivedAt`: performance.now(), from where waits in it count. */
  readonly app: { readonly state: AppState; readonly receivedAt: number } | null
  readonly conversations: Conversations
  /** Whether the list has been read; until then an empty one means nothing. */
  readonly conversationsLoaded: boolean
  readonly current: Id | null
  readonly logs: ReadonlyMap<Id, LogSlot>
  readonly jump: Jump | null
  readonly typing: Typing
  readonly conflicts: Conflicts
  /** Conflicts that the user wants to answer later. */
  readonly postponed: ReadonlySet<IdempotencyKey>
  /** Grows with every change of the outbox: whoever shows it asks again. */
  readonly outboxVersion: number
  readonly alerts: readonly Alert[]
  readonly dismissedNotice: Notice | null
  /** What a screen reader shall say next. */
  readonly announcement: { readonly text: string; readonly nonce: number }
}

export const INITIAL_MODEL: Model = {
  app: null,
  conversations: NO_CONVERSATIONS,
  conversationsLoaded: false,
  current: null,
  logs: new Map(),
  jump: null,
  typing: new Map(),
  conflicts: new Map(),
  postponed: new Set(),
  outboxVersion: 0,
  alerts: [],
  dismissedNotice: null,
  announcement: { text: '', nonce: 0 },
}

export const EMPTY_SLOT: LogSlot = { log: null, loading: 'none', failure: null, generation: 0 }

/** Replaces what is known of one conversation's log. */
export function withSlot(model: Model, conversation: Id, change: Partial<LogSlot>): Model {
  const logs = new Map(model.logs)
  logs.set(conversation, { ...(logs.get(conversation) ?? EMPTY_SLOT), ...change })
  return { ...model, logs }
}

/** Logs kept beside the current one, so that going back and forth shows them at once. */
const LOGS_KEPT = 4

/** Forgets logs that were not looked at for the longest; a Map keeps the order of insertion. */
function withoutOldLogs(model: Model): Model {
  if (model.logs.size <= LOGS_KEPT) return model
  const logs = new Map(model.logs)
  for (const id of model.logs.keys()) {
    if (logs.size <= LOGS_KEPT) break
    if (id !== model.current) logs.delete(id)
  }
  return { ...model, logs }
}

/**
 * Makes a conversation the current one and its log the most recently used. A log that was left somewhere back in the
 * conversation is forgotten: coming back begins at the newest messages.
 */
export function withCurrent(model: Model, conversation: Id): Model {
  if (conversation === model.current && model.logs.has(conversation)) return model
  const logs = new Map(model.logs)
  const known = logs.get(conversation) ?? EMPTY_SLOT
  const slot: LogSlot = known.log?.attached === false ? { ...known, log: null } : known
  logs.delete(conversation)
  logs.set(conversation, slot)
  return withoutOldLogs({ ...model, logs, current: conversation })
}

/** Asks again about a conflict that was left for later. */
export function withoutPostponed(model: Model, key: IdempotencyKey): Model {
  const postponed = new Set(model.postponed)
  postponed.delete(key)
  return { ...model, postponed }
}

/** Most alerts on screen at once; older ones make room. */
const ALERTS_SHOWN = 3

/** Shows an alert. */
export function withAlert(model: Model, text: string): Model {
  const id = (model.alerts.at(-1)?.id ?? 0) + 1
  return { ...model, alerts: [...model.alerts, { id, text }].slice(-ALERTS_SHOWN) }
}

/** Has a screen reader say `text`. */
export function withAnnouncement(model: Model, text: string): Model {
  return { ...model, announcement: { text, nonce: model.announcement.nonce + 1 } }
}
