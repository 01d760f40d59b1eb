import { expect, test } from 'vitest'
import type { FerryApi } from '../../protocol/ipc/api.ts'
import type {
  AppEvent,
  ConnectionView,
  ConversationView,
  OutboxItem,
} from '../../protocol/ipc/views.ts'
import { fakeApi, settled } from '../testing/fake-api.ts'
import { fakeTimers } from '../testing/fake-timers.ts'
import { appState, conversationView, messageView, pageOf } from '../testing/views.ts'
import { createController } from './controller.ts'
import { INITIAL_MODEL } from './model.ts'
import { createStore } from './store.ts'
import { TYPING_SHOWN_MS } from './typing.ts'

const MESSAGES = Array.from({ length: 5 }, (_, i) => messageView(i + 1))

function setUp(methods: Partial<FerryApi> = {}, views: ConversationView[] = []) {
  const timers = fakeTimers()
  const store = createStore(INITIAL_MODEL)
  let listener: (event: AppEvent) => void = () => undefined
  const api = fakeApi({
    getState: async () => appState(),
    listConversations: async () => views,
    getMessages: async (request) => ({ ok: true, value: pageOf(MESSAGES, request) }),
    subscribe: (next) => {
      listener = next
      return () => undefined
    },
    ...methods,
  })
  const controller = createController({ api, store, now: timers.now, after: timers.after })
  controller.start()
  return { controller, store, timers, emit: (event: AppEvent) => listener(event) }
}

const two = [conversationView('a', { activeAt: 1 }), conversationView('b', { activeAt: 2 })]

test('starting shows the conversation that was active last', async () => {
  const { store } = setUp({}, two)
  await settled()
  expect(store.get()).toMatchObject({ current: 'b', conversationsLoaded: true })
  expect(store.get().logs.get('b')?.log?.confirmed).toHaveLength(5)
})

test('the first conversation of all is shown as it appears', async () => {
  const { store, emit } = setUp()
  await settled()
  expect(store.get().current).toBeNull()
  emit({ type: 'conversations', upserted: [conversationView('new')], removed: [] })
  expect(store.get().current).toBe('new')
})

test('a conversation that is taken away gives place to the next', async () => {
  const { store, emit } = setUp({}, two)
  await settled()
  emit({ type: 'conversations', upserted: [], removed: ['b'] })
  expect(store.get().current).toBe('a')
})

test('the keyboard goes up and down the list and stays at its ends', async () => {
  const { controller, store } = setUp({}, two)
  await settled()
  controller.step(1)
  expect(store.get().current).toBe('a')
  controller.step(1)
  expect(store.get().current).toBe('a')
  controller.step(-1)
  expect(store.get().current).toBe('b')
})

test('a wish to show a message opens its conversation and goes there', async () => {
  const { store, emit } = setUp({}, two)
  await settled()
  emit({ type: 'show', conversation: 'a', message: 'k3' })
  await settled()
  expect(store.get().current).toBe('a')
  expect(store.get().jump).toMatchObject({ conversation: 'a', key: 'k3' })
})

test('whoever is typing is shown for a while, and no longer once the message is there', async () => {
  const { store, emit, timers } = setUp({}, two)
  await settled()
  const typing = { type: 'typing', conversation: 'b', user: { id: 'bob', name: 'Bob' } } as const
  emit(typing)
  timers.advance(TYPING_SHOWN_MS - 1)
  expect(store.get().typing.get('b')).toHaveLength(1)
  timers.advance(1)
  expect(store.get().typing.size).toBe(0)
  emit(typing)
  emit({ type: 'messages', conversation: 'b', upserted: [messageView(6)], removed: [] })
  expect(store.get().typing.size).toBe(0)
})

test('conflicts of conversations that are not shown are found at the start', async () => {
  const item: OutboxItem = {
    key: 'op',
    kind: 'edit',
    conversation: { id: 'a', name: 'a' },
    message: 'k1',
    preview: '',
    createdAt: 0,
    status: { state: 'conflict', mine: 'mine', theirs: 'theirs' },
  }
  const { store } = setUp(
    {
      getState: async () => appState({ outbox: { waiting: 0, failed: 1, limit: 10 } }),
      listOutbox: async () => ({ items: [item], total: 1 }),
    },
    two,
  )
  await settled()
  expect(store.get().conflicts.get('op')).toMatchObject({ conversation: 'a', mine: 'mine' })
})

test('[O9] what main refuses or cannot answer is told, in words', async () => {
  const { controller, store } = setUp({
    listConversations: async () => Promise.reject(new Error()),
  })
  await settled()
  const refused = Promise.resolve({ ok: false, failure: { code: 'gone' } } as const)
  expect(await controller.perform('Not deleted', refused)).toBe(false)
  expect(store.get().alerts.map((alert) => alert.text)).toEqual([
    'Ferry could not read its data: Something went wrong inside Ferry',
    'Not deleted: The message was deleted in the meantime',
  ])
})

test('only a few logs stay in memory, the current one among them', async () => {
  const views = Array.from({ length: 8 }, (_, i) => conversationView(`c${i}`))
  const { controller, store } = setUp({}, views)
  await settled()
  for (const view of views) controller.select(view.id)
  await settled()
  expect(store.get().logs.size).toBeLessThan(views.length)
  expect(store.get().logs.get('c7')?.log).not.toBeNull()
})

test('[O13] retrying without a connection tries to connect at once', async () => {
  const tried: string[] = []
  const setUpWith = (connection: ConnectionView) =>
    setUp({
      getState: async () => appState({ connection }),
      tryNow: async () => {
        tried.push(connection.status)
        return null
      },
    })
  const online = setUpWith({ status: 'online' })
  const offline = setUpWith({ status: 'offline', retryInMs: 9_000, reason: 'refused' })
  await settled()
  for (const { controller } of [online, offline]) {
    await controller.retry(Promise.resolve({ ok: true, value: null }))
  }
  expect(tried).toEqual(['offline'])
})
