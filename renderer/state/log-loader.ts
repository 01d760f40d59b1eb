import type { ConversationView, MessagesPage, PlaceView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { attempt, attemptPlain } from './bridge.ts'
import { conflictsFromMessages } from './conflicts.ts'
import {
  addNewer,
  addOlder,
  bottomSeq,
  findEntry,
  fromNewestPage,
  fromWindow,
  type Log,
  topSeq,
  trim,
} from './log.ts'
import { EMPTY_SLOT, type LogSlot, withSlot } from './model.ts'
import type { ControllerPorts } from './ports.ts'

/** Messages of a page; the first one is small, so that it is there at once. */
const FIRST_PAGE = 50
const PAGE = 100
/** Messages on either side of one that is jumped to, at least by seq. */
const AROUND = 40
/** Unread messages up to which the first page is simply made larger (the most that a page may hold is 200). */
const MAX_FIRST_PAGE = 200
/** Pages that are searched backwards for a message of which only the key is known. */
const SEARCHED_PAGES = 20
/** How long the first page waits for word of how far the user has read elsewhere, in ms. */
const READ_KNOWN_MS = 2_000
/** How long the log must rest before its place is stored, in ms. */
const PLACE_REST_MS = 400

/** Brings pages of messages into the model; every conversation has one request under way at most. */
export interface LogLoader {
  /** Loads the page around the place where the user was, or the first unread message, or the newest, unless there is a log already. */
  readonly open: (conversation: Id) => Promise<void>
  /** Where the user was last; null: the end was in sight. */
  readonly placeOf: (conversation: Id) => PlaceView | null
  readonly keepPlace: (conversation: Id, place: PlaceView | null) => void
  readonly loadOlder: (conversation: Id) => Promise<void>
  readonly loadNewer: (conversation: Id) => Promise<void>
  /** Brings the newest messages back after the window was somewhere else. */
  readonly goToNewest: (conversation: Id) => Promise<void>
  /** Shows a message of which the seq is known, however far back; says whether it was found. */
  readonly jumpToSeq: (conversation: Id, seq: number, key: string) => Promise<boolean>
  /** Shows a message of which only the key is known, searching backwards in bounds; says whether it was found. */
  readonly jumpToKey: (conversation: Id, key: string) => Promise<boolean>
  /** Drops what is far from the visible part; see `trim`. */
  readonly trim: (conversation: Id, visible: number) => void
}

/** Makes the loader of one window. */
export function createLogLoader({ api, store, now, after }: ControllerPorts): LogLoader {
  const places = new Map<Id, PlaceView | null>()
  const cancelPlace = new Map<Id, () => void>()

  const placeOf = (conversation: Id): PlaceView | null => {
    const kept = places.get(conversation)
    if (kept !== undefined) return kept
    return store.get().conversations.byId.get(conversation)?.place ?? null
  }

  const slotOf = (conversation: Id): LogSlot => store.get().logs.get(conversation) ?? EMPTY_SLOT

  const set = (conversation: Id, change: Partial<LogSlot>): void =>
    store.update((model) => withSlot(model, conversation, change))

  const replaceLog = (conversation: Id, log: Log): void =>
    set(conversation, {
      log,
      loading: 'none',
      failure: null,
      generation: slotOf(conversation).generation + 1,
    })

  /** A page may be the first to tell of a conflict. */
  const learn = (page: MessagesPage): void =>
    store.update((model) => {
      const conflicts = conflictsFromMessages(model.conflicts, page.messages)
      return conflicts === model.conflicts ? model : { ...model, conflicts }
    })

  const running = new Map<Id, Promise<unknown>>()

  /** Runs `task` once nothing else is being fetched for this conversation. */
  async function inTurn(conversation: Id, task: () => Promise<boolean>): Promise<boolean> {
    for (let other = running.get(conversation); other !== undefined; ) {
      await other
      other = running.get(conversation)
    }
    const run = task()
    running.set(conversation, run)
    const done = await run
    running.delete(conversation)
    return done
  }

  /** Asks for a page; `take` makes a log of it. */
  async function fetchPage(
    conversation: Id,
    loading: 'first' | 'older' | 'newer',
    request: { before?: number; limit: number },
    take: (page: MessagesPage, log: Log | null) => Log | null,
  ): Promise<boolean> {
    set(conversation, { loading, failure: null })
    const answer = await attempt(api.getMessages({ conversation, ...request }))
    if (!store.get().logs.has(conversation)) return false
    if (!answer.ok) {
      set(conversation, { loading: 'none', failure: answer.failure })
      return false
    }
    learn(answer.value)
    const log = take(answer.value, slotOf(conversation).log)
    if (loading === 'first' && log !== null) replaceLog(conversation, log)
    else set(conversation, { log, loading: 'none' })
    return true
  }

  async function fetchWindow(conversation: Id, middle: number): Promise<boolean> {
    set(conversation, { loading: 'first', failure: null })
    const [newest, around] = await Promise.all([
      attempt(api.getMessages({ conversation, limit: FIRST_PAGE })),
      attempt(api.getMessages({ conversation, before: middle + AROUND + 1, limit: 2 * AROUND })),
    ])
    if (!store.get().logs.has(conversation)) return false
    if (!newest.ok) {
      set(conversation, { loading: 'none', failure: newest.failure })
      return false
    }
    learn(newest.value)
    // Where the place itself cannot be had (no connection), what is here is shown.
    const log = around.ok
      ? fromWindow(around.value, newest.value, now())
      : fromNewestPage(newest.value, now())
    replaceLog(conversation, log)
    return true
  }

  /** Loads beyond an end of the window, unless something is on its way: scrolling asks again and again. */
  const extend = async (conversation: Id, task: () => Promise<boolean>): Promise<void> => {
    if (running.has(conversation)) return
    await inTurn(conversation, task)
  }

  /** Where the user has read is asked for where it is not known: without it the log would begin at the wrong place. */
  function whenReadKnown(conversation: Id): Promise<ConversationView | undefined> {
    const view = (): ConversationView | undefined =>
      store.get().conversations.byId.get(conversation)
    const { status } = store.get().app?.state.connection ?? {}
    const mayBeTold = status === 'online' || status === 'connecting'
    if (view()?.isReadKnown !== false || !mayBeTold) return Promise.resolve(view())
    return new Promise((resolve) => {
      const end = (): void => {
        unsubscribe()
        cancel()
        resolve(view())
      }
      const cancel = after(READ_KNOWN_MS, end)
      const unsubscribe = store.subscribe(() => {
        if (view()?.isReadKnown !== false) end()
      })
    })
  }

  async function fetchFirst(conversation: Id): Promise<boolean> {
    if (slotOf(conversation).log !== null) return true
    const view = await whenReadKnown(conversation)
    const place = placeOf(conversation)
    if (place !== null) return fetchWindow(conversation, place.seq)
    const unread = view?.unread ?? 0
    if (view !== undefined && (unread + AROUND > MAX_FIRST_PAGE || view.isUnreadAtLeast)) {
      return fetchWindow(conversation, view.readUpTo)
    }
    const limit = Math.min(MAX_FIRST_PAGE, Math.max(FIRST_PAGE, unread + AROUND))
    return fetchPage(conversation, 'first', { limit }, (page) => fromNewestPage(page, now()))
  }

  async function fetchOlder(conversation: Id): Promise<boolean> {
    const { log } = slotOf(conversation)
    const before = log === null ? null : bottomSeq(log)
    if (log === null || before === null || !log.hasOlder) return false
    return fetchPage(conversation, 'older', { before, limit: PAGE }, (page, present) =>
      present === null ? null : addOlder(present, page, now()),
    )
  }

  /**
   * Pages only go backwards, and not every seq is a message: a page of n messages that ends at top + n holds every
   * message above top up to there. Where that range has none, the next range is asked for.
   */
  async function fetchNewer(conversation: Id): Promise<boolean> {
    const { log } = slotOf(conversation)
    if (log === null || log.attached) return false
    let covered = topSeq(log) ?? 0
    for (;;) {
      const upTo = covered + PAGE
      let progress = false
      const request = { before: upTo + 1, limit: PAGE }
      const done = await fetchPage(conversation, 'newer', request, (page, present) => {
        if (present === null) return null
        const next = addNewer(present, page, upTo, now())
        progress = next.attached || topSeq(next) !== topSeq(present)
        return next
      })
      covered = upTo
      if (!done || progress || covered >= (slotOf(conversation).log?.headSeq ?? 0)) return done
    }
  }

  const open = async (conversation: Id): Promise<void> => {
    await inTurn(conversation, () => fetchFirst(conversation))
  }

  const setJump = (conversation: Id, key: string): void =>
    store.update((model) => ({
      ...model,
      jump: { conversation, key, nonce: (model.jump?.nonce ?? 0) + 1 },
    }))

  const isLoaded = (conversation: Id, key: string): boolean => {
    const { log } = slotOf(conversation)
    return log !== null && findEntry(log, key) !== undefined
  }

  return {
    open,
    placeOf,
    keepPlace(conversation, place) {
      const known = placeOf(conversation)
      if (known?.seq === place?.seq && known?.hiddenPx === place?.hiddenPx) return
      places.set(conversation, place)
      cancelPlace.get(conversation)?.()
      const store = (): void => {
        cancelPlace.delete(conversation)
        void attemptPlain(api.keepPlace({ conversation, place }))
      }
      cancelPlace.set(conversation, after(PLACE_REST_MS, store))
    },
    loadOlder: (conversation) => extend(conversation, () => fetchOlder(conversation)),
    loadNewer: (conversation) => extend(conversation, () => fetchNewer(conversation)),
    async goToNewest(conversation) {
      if (slotOf(conversation).log?.attached !== false) return
      await inTurn(conversation, () =>
        fetchPage(conversation, 'first', { limit: FIRST_PAGE }, (page) =>
          fromNewestPage(page, now()),
        ),
      )
    },
    async jumpToSeq(conversation, seq, key) {
      await inTurn(conversation, async () =>
        isLoaded(conversation, key) ? true : fetchWindow(conversation, seq),
      )
      if (!isLoaded(conversation, key)) return false
      setJump(conversation, key)
      return true
    },
    async jumpToKey(conversation, key) {
      await open(conversation)
      for (let page = 0; page < SEARCHED_PAGES && !isLoaded(conversation, key); page += 1) {
        if (!(await inTurn(conversation, () => fetchOlder(conversation)))) break
      }
      if (!isLoaded(conversation, key)) return false
      setJump(conversation, key)
      return true
    },
    trim(conversation, visible) {
      const { log } = slotOf(conversation)
      if (log === null || running.has(conversation)) return
      const trimmed = trim(log, visible)
      if (trimmed !== log) set(conversation, { log: trimmed })
    },
  }
}
