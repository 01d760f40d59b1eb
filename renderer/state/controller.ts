import type { Result } from '../../protocol/ipc/api.ts'
import type { AppEvent, AppState, FailureView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import { describeFailure } from '../text/describe-failure.ts'
import { attempt, attemptPlain } from './bridge.ts'
import { conflictsFromOutbox } from './conflicts.ts'
import { applyConversations, neighbour } from './conversations.ts'
import { createLogLoader, type LogLoader } from './log-loader.ts'
import { type Model, withAlert, withCurrent } from './model.ts'
import type { ControllerPorts } from './ports.ts'
import { reduceEvent } from './reduce.ts'
import { filterTypists, nextExpiry } from './typing.ts'

/** Everything the screen does that is more than drawing. */
export interface Controller extends LogLoader {
  /** Listens to main, then reads what there is; returns how to stop. */
  readonly start: () => () => void
  /** Shows a conversation, at its first unread message or its end. */
  readonly select: (conversation: Id) => void
  /** Shows the conversation above (-1) or below (1) in the list. */
  readonly step: (step: 1 | -1) => void
  /** Carries out a call and shows an alert when it is refused. */
  readonly perform: <T>(what: string, call: Promise<Result<T>>) => Promise<boolean>
  /** Carries out what tries something again. Without a connection that is tried at once, too [O13]. */
  readonly retry: (call: Promise<Result<null>>) => Promise<void>
  /** Shows an alert. */
  readonly fail: (text: string) => void
  /** Whether what comes to a conversation now is what was missed: nobody has watched it come. */
  readonly isCatchingUp: (conversation: Id) => boolean
  /** The model as it is now. */
  readonly state: () => Model
}

/** How many outbox rows are searched for conflicts at the start. */
const CONFLICT_SCAN = 500
/** How long after a connection was greeted what was missed may take to come, in ms. */
const CATCH_UP_MS = 5_000

/** Makes the controller of one window. */
export function createController(ports: ControllerPorts): Controller {
  const { api, store } = ports
  const loader = createLogLoader(ports)

  const fail = (text: string): void => store.update((model) => withAlert(model, text))

  /** When the present connection was greeted, and when conversations came on the screen first; ms, monotonic. */
  let onlineSince = Number.NEGATIVE_INFINITY
  const opened = new Map<Id, number>()

  function onEvent(event: AppEvent): void {
    const before = store.get().app?.state.connection.status
    const isOnline = event.type === 'state' && event.state.connection.status === 'online'
    if (isOnline && before !== undefined && before !== 'online') onlineSince = ports.now()
    store.update((model) => reduceEvent(model, event, ports.now()))
    if (event.type === 'typing') scheduleExpiry()
    if (event.type === 'conversations') selectFirst()
    if (event.type === 'show') {
      select(event.conversation)
      if (event.message !== null) void loader.jumpToKey(event.conversation, event.message)
    }
  }

  function expiryTimer(): { schedule: () => void; stop: () => void } {
    let cancel: (() => void) | null = null
    const schedule = (): void => {
      cancel?.()
      cancel = null
      const next = nextExpiry(store.get().typing)
      if (next === null) return
      cancel = ports.after(Math.max(0, next - ports.now()), () => {
        const now = ports.now()
        store.update((model) => {
          const typing = filterTypists(model.typing, (typist) => typist.until > now)
          return typing === model.typing ? model : { ...model, typing }
        })
        schedule()
      })
    }
    return { schedule, stop: () => cancel?.() }
  }
  const expiry = expiryTimer()
  const scheduleExpiry = expiry.schedule

  function isCatchingUp(conversation: Id): boolean {
    if (store.get().app?.state.connection.status !== 'online') return true
    const since = opened.get(conversation) ?? Number.POSITIVE_INFINITY
    return since < onlineSince && ports.now() - onlineSince < CATCH_UP_MS
  }

  function select(conversation: Id): void {
    if (!opened.has(conversation)) opened.set(conversation, ports.now())
    store.update((model) => withCurrent(model, conversation))
    void loader.open(conversation)
    void attemptPlain(api.keepOpen({ conversation }))
  }

  function selectFirst(): void {
    const { current, conversations, conversationsLoaded } = store.get()
    const last = store.get().app?.state.lastConversation ?? null
    const first = last !== null && conversations.byId.has(last) ? last : conversations.order[0]
    if (conversationsLoaded && current === null && first !== undefined) select(first)
  }

  /** The state and the list come into the model together, so that the first screen is drawn once, and whole. */
  async function readAll(): Promise<void> {
    const [state, list] = await Promise.all([
      attemptPlain(api.getState()),
      attemptPlain(api.listConversations()),
    ])
    if (state.ok) {
      const event = { type: 'state', state: state.value } as const
      // What was told meanwhile is newer.
      store.update((model) => (model.app === null ? reduceEvent(model, event, ports.now()) : model))
    }
    if (list.ok) {
      store.update((model) => ({
        ...model,
        conversations: applyConversations(model.conversations, list.value, []),
        conversationsLoaded: true,
      }))
      selectFirst()
    }
    const refused = state.ok ? list : state
    if (!refused.ok) fail(startFailure(refused.failure))
    if (state.ok) await readConflicts(state.value)
  }

  async function readConflicts({ outbox }: AppState): Promise<void> {
    if (outbox.waiting + outbox.failed === 0) return
    const page = await attemptPlain(api.listOutbox({ limit: CONFLICT_SCAN }))
    if (!page.ok) return
    store.update((model) => {
      const conflicts = conflictsFromOutbox(model.conflicts, page.value.items)
      return conflicts === model.conflicts ? model : { ...model, conflicts }
    })
  }

  async function perform<T>(what: string, call: Promise<Result<T>>): Promise<boolean> {
    const answer = await attempt(call)
    if (!answer.ok) fail(`${what}: ${describeFailure(answer.failure)}`)
    return answer.ok
  }

  return {
    ...loader,
    start() {
      const unsubscribe = api.subscribe(onEvent)
      void readAll()
      return () => {
        unsubscribe()
        expiry.stop()
      }
    },
    select,
    step(step) {
      const { conversations, current } = store.get()
      const next = neighbour(conversations, current, step)
      if (next !== undefined && next !== current) select(next)
    },
    perform,
    async retry(call) {
      await perform('Not retried', call)
      if (store.get().app?.state.connection.status !== 'offline') return
      const answer = await attemptPlain(api.tryNow())
      if (!answer.ok) fail('Ferry could not try to connect')
    },
    fail,
    isCatchingUp,
    state: store.get,
  }
}

const startFailure = (failure: FailureView): string =>
  `Ferry could not read its data: ${describeFailure(failure)}`
