import { describe, expect, test } from 'vitest'
import { messageOf, OutboxDriver, uuid } from './test-support/outbox-driver.ts'

/** A driver with a message that is on the line and not answered. */
function withUnconfirmed(): { box: OutboxDriver; key: string } {
  const box = new OutboxDriver()
  box.online()
  const key = box.send('hello')
  box.offline()
  return { box, key }
}

describe('what was never transmitted', () => {
  test('[O10] an edit becomes the body', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    box.edit(key, 'hello!')
    box.edit(key, 'hello!!')
    box.online()
    expect(box.sent()).toEqual(['hello!!'])
    expect(box.rows.size).toBe(1)
  })

  test('[O10] a deleted one is never sent, and takes what hung on it along', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    const reply = box.send('reply', 'c', key)
    box.react(key, true)
    box.delete(key)
    expect([...box.rows.keys()]).toEqual([reply])
    box.online()
    expect(box.last().request).toMatchObject({ op: 'send', body: 'reply' })
    expect(box.last().request).not.toHaveProperty('replyTo')
  })

  test('[O10] editing one that failed is editing and retrying', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('x'.repeat(20_000))
    expect(box.stateOf(key)).toBe('failed')
    box.edit(key, 'short')
    expect(box.sent()).toEqual(['short'])
    expect(box.last().key).toBe(key)
  })

  test('[O10] one that the server refused did not arrive: its key is used for the new text', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.refuse('invalid')
    box.edit(key, 'hello!')
    expect(box.last()).toMatchObject({ key, request: { op: 'send', body: 'hello!' } })
  })

  test('[O10] a later edit of a confirmed message replaces one that was not transmitted', () => {
    const box = new OutboxDriver()
    const first = box.edit(uuid(90), 'a', 'm9', 4)
    box.edit(uuid(90), 'b', 'm9', 4)
    box.online()
    expect(box.transmitted).toHaveLength(1)
    expect(box.last()).toMatchObject({ key: first, request: { body: 'b', baseVersion: 4 } })
  })

  test('[O10] a deletion makes earlier edits and reactions pointless', () => {
    const box = new OutboxDriver()
    box.edit(uuid(90), 'a', 'm9', 4)
    box.react(uuid(90), true, 'm9')
    box.delete(uuid(90), 'm9')
    box.online()
    expect(box.sent()).toEqual(['delete'])
  })

  test('[O10] opposite reactions cancel, the same one is one', () => {
    const box = new OutboxDriver()
    box.react('m9', true, 'm9')
    box.react('m9', true, 'm9')
    expect(box.rows.size).toBe(1)
    box.react('m9', false, 'm9')
    expect(box.rows.size).toBe(0)
  })

  test('[O10] of read markers only the highest matters', () => {
    const box = new OutboxDriver()
    for (const seq of [3, 9, 5]) box.read(seq)
    box.online()
    expect(box.transmitted.map(({ request }) => request)).toMatchObject([{ op: 'read', seq: 9 }])
    box.read(9)
    expect(box.rows.size).toBe(1)
    box.read(12)
    box.accept(box.transmitted[0])
    expect(box.last().request).toMatchObject({ op: 'read', seq: 12 })
  })
})

describe('what may have arrived', () => {
  test('[O10] an edit follows it, with the id and version that its answer tells', () => {
    const { box, key } = withUnconfirmed()
    box.edit(key, 'hello!')
    box.restart()
    box.online()
    expect(box.sent()).toEqual(['hello', 'hello'])
    box.accept(box.last(), { id: 'm7' })
    expect(box.last().request).toMatchObject({ op: 'edit', message: 'm7', baseVersion: 1 })
  })

  test('[O10] or that its event in the stream tells', () => {
    const { box, key } = withUnconfirmed()
    box.edit(key, 'hello!')
    box.observe(messageOf({ id: 'm7', key, version: 3 }))
    box.online()
    expect(box.last().request).toMatchObject({ op: 'edit', message: 'm7', baseVersion: 3 })
  })

  test('[O10] a deletion follows it and takes back the edits that nobody saw', () => {
    const { box, key } = withUnconfirmed()
    box.edit(key, 'hello!')
    box.delete(key)
    box.online()
    box.accept()
    expect(box.sent()).toEqual(['hello', 'hello', 'delete'])
  })

  test('[O10] discarding it is deleting it, once it is known', () => {
    const { box, key } = withUnconfirmed()
    box.discard(key)
    box.online()
    box.accept(box.last(), { id: 'm7' })
    expect(box.last().request).toMatchObject({ op: 'delete', message: 'm7' })
    box.accept()
    expect(box.rows.size).toBe(0)
  })

  test('[O10] an edit after it was deleted is refused', () => {
    const { box, key } = withUnconfirmed()
    box.delete(key)
    const edit = box.edit(key, 'too late')
    expect(box.effects.at(-1)).toEqual({ type: 'refuse', key: edit, failure: { code: 'gone' } })
  })

  test('[O10] an edit of an edit on the line is based on the version that one makes', () => {
    const box = new OutboxDriver()
    box.online(true)
    box.edit(uuid(90), 'a', 'm9', 4)
    box.edit(uuid(90), 'b', 'm9', 4)
    expect(box.sent()).toEqual(['a'])
    box.accept(box.last(), { version: 5 })
    expect(box.last().request).toMatchObject({ body: 'b', baseVersion: 5 })
  })

  test('[O10] or on what that one was based on, when it is refused', () => {
    const box = new OutboxDriver()
    box.online(true)
    box.edit(uuid(90), 'a', 'm9', 4)
    box.edit(uuid(90), 'b', 'm9', 4)
    box.refuse('invalid')
    expect(box.last().request).toMatchObject({ body: 'b', baseVersion: 4 })
  })

  test('[O9] or when the user throws that one away', () => {
    const box = new OutboxDriver()
    const first = box.edit(uuid(90), 'a', 'm9', 4)
    box.online()
    box.edit(uuid(90), 'b', 'm9', 4)
    box.offline()
    box.discard(first)
    box.online()
    expect(box.last().request).toMatchObject({ body: 'b', baseVersion: 4 })
  })

  test('[O10] editing one that failed without an answer asks for it again first', () => {
    const { box, key } = withUnconfirmed()
    box.online()
    box.pass(3_600_000)
    expect(box.stateOf(key)).toBe('failed')
    box.edit(key, 'hello!')
    box.accept(box.last(), { id: 'm7' })
    expect(box.sent().slice(-2)).toEqual(['hello', 'hello!'])
    expect(box.last().request).toMatchObject({ op: 'edit', message: 'm7', baseVersion: 1 })
  })

  test('[O10] reactions on the line are followed by their opposite', () => {
    const box = new OutboxDriver()
    box.online()
    box.react('m9', true, 'm9')
    box.react('m9', false, 'm9')
    box.accept()
    expect(box.transmitted.map(({ request }) => request)).toMatchObject([
      { on: true },
      { on: false },
    ])
  })
})

describe('what depends on a message that failed', () => {
  function withFailedSend(): { box: OutboxDriver; send: string; edit: string; next: string } {
    const box = new OutboxDriver()
    box.online()
    const send = box.send('hello')
    const edit = box.edit(send, 'hello!')
    const next = box.send('next')
    box.refuse('forbidden')
    return { box, send, edit, next }
  }

  test('[O3] fails with it and says so; what does not depend on it goes on', () => {
    const { box, edit, next } = withFailedSend()
    expect(box.operation(edit).status).toEqual({
      state: 'failed',
      failure: { code: 'depends_on_failed' },
    })
    expect(box.last().key).toBe(next)
  })

  test.each(['send', 'edit'] as const)('[O9] retrying the %s revives both', (which) => {
    const driven = withFailedSend()
    const { box, edit } = driven
    box.accept()
    box.retry(driven[which])
    box.accept(box.last(), { id: 'm7' })
    expect(box.last()).toMatchObject({ key: edit, request: { op: 'edit', message: 'm7' } })
  })

  test('[O10] a newer edit takes the place of the one that had failed with it', () => {
    const { box, send, edit } = withFailedSend()
    box.accept()
    box.edit(send, 'hello!!')
    expect(box.has(edit)).toBe(false)
    box.accept()
    expect(box.sent()).toEqual(['hello', 'next', 'hello!!'])
    expect(box.rows.size).toBe(0)
  })

  test('[O9] discarding the message takes its changes along', () => {
    const { box, send, next } = withFailedSend()
    box.discard(send)
    expect([...box.rows.keys()]).toEqual([next])
  })

  test('[O9] a reply whose quoted message is discarded is sent without the quote', () => {
    const box = new OutboxDriver()
    box.online()
    const quoted = box.send('quoted')
    const reply = box.send('reply', 'c', quoted)
    box.refuse('forbidden')
    expect(box.stateOf(reply)).toBe('failed')
    box.discard(quoted)
    expect(box.last()).toMatchObject({ key: reply, request: { body: 'reply' } })
    expect(box.last().request).not.toHaveProperty('replyTo')
  })
})

describe('conflicts', () => {
  const current = messageOf({ id: 'm9', key: uuid(90), body: 'theirs', version: 6 })

  function inConflict(): { box: OutboxDriver; edit: string } {
    const box = new OutboxDriver()
    box.online()
    const edit = box.edit(uuid(90), 'mine', 'm9', 4)
    box.refuse('conflict', { details: { current } })
    return { box, edit }
  }

  test('[O9] both texts are kept, and the row learns the server’s', () => {
    const { box, edit } = inConflict()
    expect(box.operation(edit).status).toEqual({
      state: 'conflict',
      mine: 'mine',
      theirs: 'theirs',
      theirVersion: 6,
    })
    expect(box.effects).toContainEqual({ type: 'learn', message: current })
    expect(box.rows.get(edit)?.status.state).toBe('conflict')
  })

  test('[O9] mine is a new edit, with a new key, of the server’s version', () => {
    const { box, edit } = inConflict()
    box.step({ type: 'resolve', key: edit, choice: 'mine', newKey: uuid(99) })
    expect(box.last()).toMatchObject({
      key: uuid(99),
      request: { op: 'edit', body: 'mine', baseVersion: 6 },
    })
    expect([...box.rows.keys()]).toEqual([uuid(99)])
  })

  test('[O9] theirs drops mine', () => {
    const { box, edit } = inConflict()
    box.step({ type: 'resolve', key: edit, choice: 'theirs', newKey: uuid(99) })
    expect(box.rows.size).toBe(0)
  })

  test('[O9] editing on during a conflict changes what is mine', () => {
    const { box, edit } = inConflict()
    box.edit(uuid(90), 'mine too', 'm9', 6)
    expect(box.operation(edit).status).toMatchObject({ state: 'conflict', mine: 'mine too' })
  })

  test('[O9] edits that waited behind it are one with it', () => {
    const box = new OutboxDriver()
    box.online()
    const edit = box.edit(uuid(90), 'mine', 'm9', 4)
    box.edit(uuid(90), 'mine too', 'm9', 4)
    box.refuse('conflict', { details: { current } })
    expect(box.operation(edit).status).toMatchObject({ mine: 'mine too' })
    expect(box.rows.size).toBe(1)
  })

  test('[O9] the same text on both sides is no conflict', () => {
    const box = new OutboxDriver()
    box.online()
    box.edit(uuid(90), 'theirs', 'm9', 4)
    box.refuse('conflict', { details: { current } })
    expect(box.rows.size).toBe(0)
  })

  test('[O9] one whose details cannot be read fails, and keeps the text', () => {
    const box = new OutboxDriver()
    box.online()
    const edit = box.edit(uuid(90), 'mine', 'm9', 4)
    box.refuse('conflict', { details: { current: { nonsense: true } } })
    expect(box.operation(edit)).toMatchObject({ body: 'mine', status: { state: 'failed' } })
  })
})

describe('a reaction and its opposite', () => {
  test('[O3] a failed one is not tried again after its opposite', () => {
    const box = new OutboxDriver()
    box.online()
    box.react('m', true, 'm1')
    box.pass(600_000)
    box.react('m', false, 'm1')
    const { length } = box.transmitted
    box.step({ type: 'retry-all' })
    box.accept()
    expect(box.transmitted.slice(length - 1)).toMatchObject([{ request: { on: false } }])
    expect(box.rows.size).toBe(0)
  })

  test('[O3] several that failed arrive in the order in which they were made, over a restart too', () => {
    const box = new OutboxDriver()
    box.online(true)
    box.react('m', true, 'm1')
    box.offline()
    box.react('m', false, 'm1')
    box.react('n', true, 'm2')
    box.online(true)
    box.pass(3_600_000)
    expect([...box.rows.values()].every(({ status }) => status.state === 'failed')).toBe(true)
    box.restart()
    const { length } = box.transmitted
    box.step({ type: 'retry-all' })
    box.online(true)
    for (let n = length; n < box.transmitted.length; n += 1) box.accept(box.transmitted[n])
    const asked = box.transmitted
      .slice(length)
      .flatMap(({ request }) =>
        request.op === 'react' ? [`${request.message} ${request.on}`] : [],
      )
    expect(asked).toEqual(['m1 true', 'm1 false', 'm2 true'])
  })

  test('[O3] one that failed while its opposite waited behind it goes when that one is applied', () => {
    const box = new OutboxDriver()
    box.online()
    box.react('m', true, 'm1')
    box.react('m', false, 'm1')
    box.refuse('forbidden')
    expect(box.last().request).toMatchObject({ on: false })
    box.accept()
    box.step({ type: 'retry-all' })
    expect(box.rows.size).toBe(0)
    expect(box.last().request).toMatchObject({ on: false })
  })
})
