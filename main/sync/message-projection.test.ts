import { describe, expect, test } from 'vitest'
import {
  messageKey,
  type ProjectionContext,
  projectConfirmed,
  projectUnsent,
} from './message-projection.ts'
import { isSignedOut, pendingOn } from './outbox-state.ts'
import { NO_STANDING, type Standing } from './receipts.ts'
import { messageOf, OutboxDriver, uuid } from './test-support/outbox-driver.ts'

const stored = messageOf({ id: 'm9', key: uuid(90), seq: 4, body: 'stored', version: 4 })

function context(box: OutboxDriver, standing: Standing = NO_STANDING): ProjectionContext {
  const now = { monotonicMs: box.monotonicMs, wallMs: box.wallMs }
  return {
    ...{ self: 'me', now, isSignedOut: isSignedOut(box.state) },
    ...{ serverNowMs: now.wallMs, editWindowMs: 900_000, standing },
  }
}

/** The stored message with what is pending on it. */
function shown(box: OutboxDriver, message = stored) {
  const pending = pendingOn(box.state, 'c', messageKey(message))
  return projectConfirmed(message, pending, context(box))
}

/** An unsent message with what is pending on it. */
function unsent(box: OutboxDriver, key: string) {
  const send = box.operation(key)
  if (send.kind !== 'send') throw new Error('not a send')
  return projectUnsent(send, pendingOn(box.state, 'c', key), context(box))
}

describe('an unsent message', () => {
  test('[O1] is shown from the key press on, under the key it keeps', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    expect(unsent(box, key)).toMatchObject({
      key,
      id: null,
      seq: null,
      body: 'hello',
      own: true,
      state: 'queued',
      editable: true,
      pending: { key, kind: 'send', status: { state: 'queued' } },
    })
  })

  test('[O11] its state is what is known: sending, unconfirmed after a cut, never sent', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    expect(unsent(box, key).state).toBe('sending')
    box.offline()
    expect(unsent(box, key).state).toBe('unconfirmed')
    box.step({ type: 'signed-out' })
    expect(unsent(box, key)).toMatchObject({
      state: 'unconfirmed',
      pending: { status: { state: 'parked' } },
    })
  })

  test('[O5] which retry and when, counted on the steady clock', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.refuse('unavailable')
    box.pass(500)
    box.wallMs += 1e9
    expect(unsent(box, key)).toMatchObject({
      state: 'queued',
      pending: {
        status: {
          state: 'waiting',
          retry: 1,
          maxRetries: 5,
          retryInMs: 1500,
          failure: { code: 'unavailable' },
        },
      },
    })
  })

  test('[O11] waiting after no answer is unconfirmed', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.pass(10_000)
    expect(unsent(box, key)).toMatchObject({
      state: 'unconfirmed',
      pending: { status: { state: 'waiting' } },
    })
  })

  test('[O9] failed, with the reason', () => {
    const box = new OutboxDriver()
    const key = box.send('x'.repeat(17_000))
    expect(unsent(box, key)).toMatchObject({
      state: 'failed',
      pending: {
        status: {
          state: 'failed',
          failure: { code: 'too_large', size: { bytes: 17_000, limit: 16_384 } },
        },
      },
    })
  })

  test('[O10] shows the changes that follow it', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.edit(key, 'hello!')
    box.react(key, true)
    expect(unsent(box, key)).toMatchObject({
      body: 'hello!',
      state: 'sending',
      reactions: { '👍': ['me'] },
    })
    box.delete(key)
    expect(unsent(box, key)).toMatchObject({ body: null, editable: false })
  })
})

describe('a confirmed message', () => {
  test('[O2] keeps the key it had', () => {
    expect(shown(new OutboxDriver())).toMatchObject({
      key: uuid(90),
      id: 'm9',
      seq: 4,
      state: 'sent',
      pending: null,
    })
  })

  test('[O1] shows an edit at once, and that it has not arrived', () => {
    const box = new OutboxDriver()
    const edit = box.edit(uuid(90), 'mine', 'm9', 4)
    expect(shown(box)).toMatchObject({
      body: 'mine',
      state: 'queued',
      pending: { key: edit, kind: 'edit' },
    })
  })

  test('[O9] an edit that failed keeps its text in sight, marked', () => {
    const box = new OutboxDriver()
    box.online()
    box.edit(uuid(90), 'mine', 'm9', 4)
    box.refuse('edit_window_expired')
    expect(shown(box)).toMatchObject({ body: 'mine', state: 'failed' })
  })

  test('[O8] [O11] signed out while it waits for an answer that never came, it is still unconfirmed', () => {
    const box = new OutboxDriver()
    box.online()
    box.edit(uuid(90), 'mine', 'm9', 4)
    box.pass(10_000)
    expect(shown(box).state).toBe('unconfirmed')
    box.step({ type: 'signed-out' })
    expect(shown(box).state).toBe('unconfirmed')
  })

  test('[O9] in a conflict the message shows the server’s text', () => {
    const box = new OutboxDriver()
    box.online()
    box.edit(uuid(90), 'mine', 'm9', 4)
    const current = { ...stored, body: 'theirs', version: 5 }
    box.refuse('conflict', { details: { current } })
    expect(shown(box, current)).toMatchObject({
      body: 'theirs',
      state: 'failed',
      pending: { status: { state: 'conflict', mine: 'mine', theirs: 'theirs' } },
    })
  })

  test('[O9] a deletion that failed did not happen', () => {
    const box = new OutboxDriver()
    box.online()
    box.delete(uuid(90), 'm9')
    expect(shown(box)).toMatchObject({ body: null, state: 'sending' })
    box.refuse('forbidden')
    expect(shown(box)).toMatchObject({ body: 'stored', state: 'failed' })
  })

  test('[O9] a reaction does not make a message unsent', () => {
    const box = new OutboxDriver()
    box.online()
    box.react(uuid(90), true, 'm9')
    expect(shown(box)).toMatchObject({ state: 'sent', reactions: { '👍': ['me'] } })
    box.refuse('forbidden')
    expect(shown(box)).toMatchObject({
      state: 'sent',
      reactions: {},
      pending: { kind: 'react', status: { state: 'failed' } },
    })
  })

  test('[S4] a tombstone, somebody else’s, and one that is too old cannot be edited', () => {
    const box = new OutboxDriver()
    box.wallMs = Date.parse(stored.createdAt) + 1000
    expect(shown(box).editable).toBe(true)
    expect(shown(box, { ...stored, author: 'bob' })).toMatchObject({ own: false, editable: false })
    const { body: _gone, ...rest } = stored
    expect(shown(box, { ...rest, deletedAt: stored.createdAt })).toMatchObject({
      body: null,
      editable: false,
    })
    box.wallMs += 900_000
    expect(shown(box).editable).toBe(false)
  })
})
