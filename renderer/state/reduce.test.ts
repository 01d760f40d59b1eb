import { describe, expect, test } from 'vitest'
import type { AppEvent, ConnectionView } from '../../protocol/ipc/views.ts'
import { appState, conversationView, messageView, unsent } from '../testing/views.ts'
import { fromNewestPage } from './log.ts'
import { INITIAL_MODEL, type Model, withCurrent, withSlot } from './model.ts'
import { reduceEvent } from './reduce.ts'

const withLog = (): Model =>
  withSlot(withCurrent(INITIAL_MODEL, 'c'), 'c', {
    log: fromNewestPage({ messages: [messageView(1)], hasOlder: false }, 0),
  })

const told = (...messages: ReturnType<typeof messageView>[]): AppEvent => ({
  type: 'messages',
  conversation: 'c',
  upserted: messages,
  removed: [],
})

describe('what a screen reader hears', () => {
  test('a message of someone else, once, with its author', () => {
    const model = reduceEvent(withLog(), told(messageView(2, { body: 'hello' })), 1)
    expect(model.announcement.text).toBe('Bob: hello')
    const again = reduceEvent(model, told(messageView(2, { body: 'hello, edited' })), 2)
    expect(again.announcement).toEqual(model.announcement)
  })

  test('many at once as a number, own ones and old ones not at all', () => {
    const many = reduceEvent(withLog(), told(messageView(2), messageView(3)), 1)
    expect(many.announcement.text).toBe('2 new messages')
    const own = reduceEvent(withLog(), told(messageView(2, { own: true })), 1)
    expect(own.announcement).toEqual(INITIAL_MODEL.announcement)
  })

  test('[O9] what failed with the reason, once, also in a conversation that is not shown', () => {
    const failed = unsent('k', { state: 'failed', failure: { code: 'too_large' } })
    const waiting = reduceEvent(withLog(), told(unsent('k')), 1)
    const elsewhere = { ...waiting, current: 'other' }
    for (const model of [waiting, elsewhere]) {
      const after = reduceEvent(model, told(failed), 2)
      expect(after.announcement.text).toBe('Not sent. Too long')
      expect(reduceEvent(after, told(failed), 3).announcement).toEqual(after.announcement)
    }
    const second = unsent('k2', { state: 'failed', failure: { code: 'forbidden' } })
    expect(reduceEvent(waiting, told(failed, second), 2).announcement.text).toBe(
      '2 changes were not delivered. See the outbox',
    )
  })

  test('[S5] the connection when it changes, not the countdown as it ticks', () => {
    const to = (model: Model, connection: ConnectionView): Model =>
      reduceEvent(model, { type: 'state', state: appState({ connection }) }, 1)
    const offline = (retryInMs: number): ConnectionView => ({
      status: 'offline',
      retryInMs,
      reason: 'refused',
    })
    const first = to(to(INITIAL_MODEL, { status: 'online' }), offline(1_000))
    expect(first.announcement.text).toBe('Offline')
    const retried = to(to(first, { status: 'connecting' }), offline(2_000))
    expect(retried.announcement).toEqual(first.announcement)
    expect(to(retried, { status: 'online' }).announcement.text).toBe('Online')
  })
})

test('[M4] a screen reader hears what can be taken back, once each', () => {
  const to = (model: Model, ...keys: string[]): Model => {
    const undoable = keys.map(
      (key) => ({ key, what: 'delete', conversation: 'c', leftMs: 1 }) as const,
    )
    return reduceEvent(model, { type: 'state', state: appState({ undoable }) }, 1)
  }
  const first = to(to(INITIAL_MODEL), 'a')
  expect(first.announcement.text).toBe('Message deleted. Undo is offered for 5 seconds')
  expect(to(first, 'a').announcement).toEqual(first.announcement)
  expect(to(first, 'a', 'b').announcement.nonce).toBe(first.announcement.nonce + 1)
  expect(to(first).announcement).toEqual(first.announcement)
})

test('waits count from when they were told, not from a clock that may jump', () => {
  const model = reduceEvent(INITIAL_MODEL, { type: 'state', state: appState() }, 4_321)
  expect(model.app?.receivedAt).toBe(4_321)
})

test('messages of a conversation that is not loaded make no log', () => {
  const event: AppEvent = { ...told(messageView(1)), conversation: 'other' } as AppEvent
  expect(reduceEvent(INITIAL_MODEL, event, 1).logs.size).toBe(0)
})

test('a change of the outbox is noticed by whoever lists it', () => {
  expect(reduceEvent(INITIAL_MODEL, { type: 'outbox' }, 1).outboxVersion).toBe(1)
})

test('the list keeps its order object while the order stays', () => {
  const views = [conversationView('a', { activeAt: 2 }), conversationView('b', { activeAt: 1 })]
  const list = (upserted: typeof views): AppEvent => ({
    type: 'conversations',
    upserted,
    removed: [],
  })
  const model = reduceEvent(INITIAL_MODEL, list(views), 1)
  expect(model.conversations.order).toEqual(['a', 'b'])
  const unread = reduceEvent(model, list([conversationView('b', { activeAt: 1, unread: 3 })]), 2)
  expect(unread.conversations.order).toBe(model.conversations.order)
  const moved = reduceEvent(unread, list([conversationView('b', { activeAt: 3 })]), 3)
  expect(moved.conversations.order).toEqual(['b', 'a'])
})
