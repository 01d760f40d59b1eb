import { describe, expect, test } from 'vitest'
import { MAX_OUTBOX_OPERATIONS } from '../../protocol/limits.ts'
import type { Operation } from './operation.ts'
import { messageOf, OutboxDriver, uuid } from './test-support/outbox-driver.ts'

/** Two messages on the line, pipelined; the second is deleted meanwhile. */
function deletedOnTheLine(): { box: OutboxDriver; first: string; second: string } {
  const box = new OutboxDriver()
  box.send('before')
  const first = box.send('first')
  const second = box.send('second')
  box.online(true)
  box.accept()
  box.delete(second)
  return { box, first, second }
}

function full(box: OutboxDriver, like: Operation): void {
  const operations = Array.from({ length: MAX_OUTBOX_OPERATIONS }, (_, n) => ({
    ...like,
    key: uuid(10_000 + n),
    ordinal: n + 1,
  }))
  box.step({ type: 'load', operations, unreadable: [] })
}

describe('a message that was deleted while nobody knew whether it had arrived', () => {
  test('[O10] is never sent again once the server has proved that it did not', () => {
    const { box, first, second } = deletedOnTheLine()
    box.refuse('unavailable', {}, box.lastOf(first))
    box.refuse('out_of_order', {}, box.lastOf(second))
    expect([...box.rows.keys()]).toEqual([first])
    box.pass(2000)
    box.accept()
    expect(box.sent()).toEqual(['before', 'first', 'second', 'first'])
  })

  test('[O10] is gone when the server refuses it for good: what the user wanted is so', () => {
    const { box, first, second } = deletedOnTheLine()
    box.accept(box.lastOf(first))
    box.refuse('forbidden', {}, box.lastOf(second))
    expect(box.rows.size).toBe(0)
  })

  test('[O10] is gone when it is the frame that the server will never take', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.delete(key)
    box.offline(1009)
    expect(box.rows.size).toBe(0)
  })

  test('[O9] deleting again what failed for the lack of an answer asks for both again', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    box.delete(key)
    box.pass(3_600_000)
    expect(box.stateOf(key)).toBe('failed')
    const { length } = box.transmitted
    box.delete(key)
    expect(box.transmitted).toHaveLength(length + 1)
    box.accept(box.last(), { id: 'm7' })
    expect(box.last().request).toMatchObject({ op: 'delete', message: 'm7' })
    box.accept()
    expect(box.rows.size).toBe(0)
  })

  test('[O12] can be deleted though the outbox is full: that makes it no fuller for long', () => {
    const box = new OutboxDriver()
    box.online()
    full(box, box.operation(box.send('hello')))
    box.offline()
    const key = uuid(10_000)
    box.delete(key)
    expect(box.state.counts.all).toBe(MAX_OUTBOX_OPERATIONS + 1)
    box.discard(uuid(10_001))
    expect(box.state.counts.all).toBe(MAX_OUTBOX_OPERATIONS + 2)
    box.read(7)
    expect(box.state.counts.all).toBe(MAX_OUTBOX_OPERATIONS + 3)
    expect(box.effects.filter(({ type }) => type === 'refuse')).toEqual([])
  })

  test('[O10] takes no reaction any more', () => {
    const box = new OutboxDriver()
    box.delete(uuid(90), 'm9')
    const reaction = box.react(uuid(90), true, 'm9')
    expect(box.effects.at(-1)).toEqual({ type: 'refuse', key: reaction, failure: { code: 'gone' } })
  })
})

describe('a message that a restored server lost', () => {
  const lost = messageOf({ id: 'm1', key: uuid(70), seq: 4, body: 'lost' })

  test('[O10] does not come back when the user had deleted it', () => {
    const box = new OutboxDriver()
    box.edit(uuid(70), 'edited', 'm1', 1)
    box.delete(uuid(70), 'm1')
    box.lose(lost)
    box.online()
    expect(box.last().request).toMatchObject({ op: 'delete', message: 'm1' })
    box.refuse('not_found')
    expect(box.rows.size).toBe(0)
  })

  test('[O9] comes back when its deletion had failed', () => {
    const box = new OutboxDriver()
    box.online()
    const deletion = box.delete(uuid(70), 'm1')
    box.refuse('forbidden')
    expect(box.operation(deletion).status).toMatchObject({ state: 'failed' })
    box.lose(lost)
    expect(box.operation(uuid(70)).status).toMatchObject({ failure: { code: 'lost_by_server' } })
  })

  test('[O9] and that quotes another lost one quotes the one that is sent in its place', () => {
    const box = new OutboxDriver()
    const reply = messageOf({ id: 'm2', key: uuid(71), seq: 5, body: 'reply', replyTo: 'm1' })
    box.lose(reply, lost)
    box.step({ type: 'retry-all' })
    box.online()
    box.accept(box.last(), { id: 'm8' })
    expect(box.last().request).toMatchObject({ op: 'send', body: 'reply', replyTo: 'm8' })
  })
})
