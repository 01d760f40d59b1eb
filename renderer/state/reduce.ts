import type {
  AppEvent,
  ConnectionView,
  MessageView,
  UndoableView,
} from '../../protocol/ipc/views.ts'
import { isolate, nameLine } from '../../protocol/model/names.ts'
import { describeFailure } from '../text/describe-failure.ts'
import { FAILED_WORDS, UNDO_WORDS } from '../text/describe-status.ts'
import { conflictsFromMessages } from './conflicts.ts'
import { applyConversations } from './conversations.ts'
import { applyMessages, findEntry, type Log } from './log.ts'
import { type Model, withAnnouncement, withSlot } from './model.ts'
import { addTypist, filterTypists } from './typing.ts'

/**
 * What an event of main makes of the model. `now` is performance.now().
 * `show` is no change of data but a wish; the controller fulfils it.
 */
export function reduceEvent(model: Model, event: AppEvent, now: number): Model {
  switch (event.type) {
    case 'state':
      return announceUndoable(
        announceConnection(
          { ...model, app: { state: event.state, receivedAt: now } },
          model.app?.state.connection,
          event.state.connection,
        ),
        model.app?.state.undoable,
        event.state.undoable,
      )
    case 'conversations': {
      const conversations = applyConversations(model.conversations, event.upserted, event.removed)
      const gone = model.current !== null && event.removed.includes(model.current)
      return { ...model, conversations, current: gone ? null : model.current }
    }
    case 'messages':
      return reduceMessages(model, event, now)
    case 'outbox':
      return { ...model, outboxVersion: model.outboxVersion + 1 }
    case 'typing':
      return { ...model, typing: addTypist(model.typing, event.conversation, event.user, now) }
    case 'show':
      return model
  }
}

function reduceMessages(
  model: Model,
  event: Extract<AppEvent, { type: 'messages' }>,
  now: number,
): Model {
  const writers = new Set(event.upserted.map((message) => message.author.id))
  let next: Model = {
    ...model,
    conflicts: conflictsFromMessages(model.conflicts, event.upserted),
    typing: filterTypists(
      model.typing,
      (typist, conversation) => conversation !== event.conversation || !writers.has(typist.id),
    ),
  }
  const log = model.logs.get(event.conversation)?.log
  if (log === null || log === undefined) return next
  const applied = applyMessages(log, event.upserted, event.removed, now)
  next = withSlot(next, event.conversation, { log: applied })
  const failures = event.upserted.flatMap((message) => newFailure(message, log) ?? [])
  if (failures.length > 0) next = withAnnouncement(next, describeFailures(failures))
  if (event.conversation !== model.current) return next
  const news = event.upserted.filter((message) => isNews(message, log.headSeq))
  return news.length === 0 ? next : withAnnouncement(next, describeNews(news))
}

const isNews = (message: MessageView, headSeq: number): boolean =>
  !message.own && message.body !== null && message.seq !== null && message.seq > headSeq

/** What has failed since the log was told of this message; null where nothing has [O9]. */
function newFailure({ key, pending }: MessageView, log: Log): string | null {
  if (pending?.status.state !== 'failed') return null
  const before = findEntry(log, key)?.message.pending
  if (before?.key === pending.key && before.status.state === 'failed') return null
  return `${FAILED_WORDS[pending.kind]}. ${describeFailure(pending.status.failure)}`
}

function describeFailures(failures: readonly string[]): string {
  const [first] = failures
  return failures.length === 1 && first !== undefined
    ? first
    : `${failures.length} changes were not delivered. See the outbox`
}

/** Longest text that is read out for one message, in UTF-16 code units. */
const SPOKEN_LENGTH = 200

function describeNews(news: readonly MessageView[]): string {
  const [first] = news
  if (first === undefined || news.length > 1) return `${news.length} new messages`
  return `${nameLine(first.author)}: ${isolate((first.body ?? '').slice(0, SPOKEN_LENGTH))}`
}

/** What was deleted or thrown away just now is told with the way back, for as long as there is one [M4]. */
function announceUndoable(
  model: Model,
  before: readonly UndoableView[] | undefined,
  after: readonly UndoableView[],
): Model {
  const known = new Set(before?.map(({ key }) => key))
  const news = after.filter(({ key }) => !known.has(key))
  const last = news.at(-1)
  return before === undefined || last === undefined
    ? model
    : withAnnouncement(model, `${UNDO_WORDS[last.what]}. Undo is offered for 5 seconds`)
}

/** The countdown itself stays silent: a screen reader hears only that the status changed. */
function announceConnection(
  model: Model,
  before: ConnectionView | undefined,
  after: ConnectionView,
): Model {
  if (before === undefined || before.status === after.status) return model
  switch (after.status) {
    case 'online':
      return withAnnouncement(model, 'Online')
    case 'offline':
      return before.status === 'online' ? withAnnouncement(model, 'Offline') : model
    case 'signed-out':
      return withAnnouncement(model, 'Signed out')
    case 'outdated':
      return withAnnouncement(model, 'This server needs a newer Ferry')
    case 'connecting':
      return model
  }
}
