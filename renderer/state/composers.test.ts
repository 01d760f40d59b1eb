import { expect, test } from 'vitest'
import type { Result } from '../../protocol/ipc/api.ts'
import { MAX_DRAFT_LENGTH } from '../../protocol/limits.ts'
import { fakeApi, settled } from '../testing/fake-api.ts'
import { fakeTimers } from '../testing/fake-timers.ts'
import { createComposers, DRAFT_REST_MS, TYPING_INTERVAL_MS } from './composers.ts'

const OK: Result<null> = { ok: true, value: null }

function setUp(answer: () => Promise<Result<null>> = async () => OK) {
  const timers = fakeTimers()
  const calls: [string, unknown][] = []
  const failures: string[] = []
  let keys = 0
  const note =
    <T>(name: string, result: () => Promise<T>) =>
    (argument: unknown) => {
      calls.push([name, argument])
      return result()
    }
  const composers = createComposers({
    api: fakeApi({
      sendMessage: note('send', answer),
      editMessage: note('edit', answer),
      saveDraft: note('draft', async () => null),
      reportTyping: note('typing', async () => null),
    }),
    newKey: () => `key-${++keys}`,
    now: timers.now,
    after: timers.after,
    storedDraft: (conversation) => ({
      draft: conversation === 'with-draft' ? 'kept' : '',
      draftAbout: null,
    }),
    onFailure: (text) => failures.push(text),
  })
  const named = (name: string) => calls.filter((call) => call[0] === name).map((call) => call[1])
  return { composers, timers, calls, failures, named }
}

test('[O2] a message is handed over with a key of its own', async () => {
  const { composers, named } = setUp()
  composers.send('c', { type: 'typed', text: 'hello ' })
  composers.send('c', { type: 'submit' })
  await settled()
  expect(named('send')).toEqual([{ key: 'key-1', conversation: 'c', body: 'hello' }])
  expect(composers.of('c').get().text).toBe('')
})

test('a reply and an edit say which message they are about', async () => {
  const { composers, named } = setUp()
  composers.send('c', { type: 'reply', key: 'm1', authorName: 'Bob', preview: '' })
  composers.send('c', { type: 'typed', text: 'yes' })
  composers.send('c', { type: 'submit' })
  await settled()
  composers.send('c', { type: 'edit', key: 'm2', body: 'old' })
  composers.send('c', { type: 'typed', text: 'new' })
  composers.send('c', { type: 'submit' })
  await settled()
  expect(named('send')).toMatchObject([{ replyTo: 'm1', body: 'yes' }])
  expect(named('edit')).toEqual([{ key: 'key-2', message: 'm2', body: 'new', original: 'old' }])
})

test('[O12] what is refused is still in the box, with the reason', async () => {
  const { composers } = setUp(async () => ({ ok: false, failure: { code: 'outbox_full' } }))
  composers.send('c', { type: 'typed', text: 'hello' })
  composers.send('c', { type: 'submit' })
  await settled()
  expect(composers.of('c').get()).toMatchObject({
    text: 'hello',
    refusal: { code: 'outbox_full' },
  })
})

test('a bridge that breaks is a refusal too', async () => {
  const { composers } = setUp(async () => Promise.reject(new Error('gone')))
  composers.send('c', { type: 'typed', text: 'hello' })
  composers.send('c', { type: 'submit' })
  await settled()
  expect(composers.of('c').get()).toMatchObject({ text: 'hello', refusal: { code: 'bridge' } })
})

test('the draft of a conversation is there when its box is first needed', () => {
  const { composers } = setUp()
  composers.send('with-draft', { type: 'focus' })
  expect(composers.of('with-draft').get().text).toBe('kept')
})

test('a draft is stored once the box rests, and only when it changed', () => {
  const { composers, timers, named } = setUp()
  composers.send('c', { type: 'typed', text: 'a' })
  timers.advance(DRAFT_REST_MS - 1)
  composers.send('c', { type: 'typed', text: 'ab' })
  timers.advance(DRAFT_REST_MS - 1)
  expect(named('draft')).toEqual([])
  timers.advance(1)
  composers.send('c', { type: 'focus' })
  timers.advance(DRAFT_REST_MS)
  expect(named('draft')).toEqual([{ conversation: 'c', body: 'ab' }])
})

test('[O1] what a draft is about is stored with it, and again when only that changes', () => {
  const { composers, named } = setUp()
  composers.send('c', { type: 'typed', text: 'a' })
  composers.flush()
  composers.send('c', { type: 'reply', key: 'm1', authorName: 'Bob', preview: '' })
  composers.flush()
  composers.send('c', { type: 'edit', key: 'm2', body: 'old' })
  composers.send('c', { type: 'typed', text: 'new' })
  composers.flush()
  composers.send('c', { type: 'cancel' })
  composers.flush()
  const edit = { kind: 'edit', message: 'm2', original: 'old', text: 'new' }
  expect(named('draft')).toEqual([
    { conversation: 'c', body: 'a' },
    { conversation: 'c', body: 'a', about: { kind: 'reply', message: 'm1' } },
    { conversation: 'c', body: 'a', about: edit },
    { conversation: 'c', body: 'a' },
  ])
})

test('leaving the window stores what is not stored yet', () => {
  const { composers, named } = setUp()
  composers.send('c', { type: 'typed', text: 'a' })
  composers.flush()
  composers.flush()
  expect(named('draft')).toEqual([{ conversation: 'c', body: 'a' }])
})

test('a message that was taken is no draft any more, at once', async () => {
  const { composers, timers, named } = setUp()
  composers.send('c', { type: 'typed', text: 'a' })
  timers.advance(DRAFT_REST_MS)
  composers.send('c', { type: 'submit' })
  await settled()
  expect(named('draft')).toEqual([
    { conversation: 'c', body: 'a' },
    { conversation: 'c', body: '' },
  ])
})

test('[O12] texts that cannot be stored can still be read', () => {
  const { composers } = setUp()
  composers.send('c', { type: 'typed', text: 'a draft' })
  composers.send('c', { type: 'edit', key: 'k', body: 'an edit' })
  composers.send('d', { type: 'typed', text: ' ' })
  expect(composers.texts()).toEqual(['an edit', 'a draft'])
})

test('a sign of typing is given at the first letter and then at a pace, never for an edit', () => {
  const { composers, timers, named } = setUp()
  composers.send('c', { type: 'typed', text: 'a' })
  timers.advance(TYPING_INTERVAL_MS - 1)
  composers.send('c', { type: 'typed', text: 'ab' })
  timers.advance(1)
  composers.send('c', { type: 'typed', text: 'abc' })
  composers.send('d', { type: 'edit', key: 'k', body: 'x' })
  composers.send('d', { type: 'typed', text: 'xy' })
  composers.send('e', { type: 'typed', text: ' ' })
  expect(named('typing')).toEqual([{ conversation: 'c' }, { conversation: 'c' }])
})

test('[F29] a text that is too long for a draft is said so once, and no older text is kept in its place', () => {
  const { composers, named, failures } = setUp()
  composers.send('c', { type: 'typed', text: 'before' })
  composers.flush()
  composers.send('c', { type: 'typed', text: 'x'.repeat(MAX_DRAFT_LENGTH + 1) })
  composers.flush()
  composers.send('c', { type: 'typed', text: 'x'.repeat(MAX_DRAFT_LENGTH + 2) })
  composers.flush()
  expect(named('draft').at(-1)).toEqual({ conversation: 'c', body: '' })
  expect(failures).toHaveLength(1)
  composers.send('c', { type: 'typed', text: 'short again' })
  composers.flush()
  expect(named('draft').at(-1)).toEqual({ conversation: 'c', body: 'short again' })
})
