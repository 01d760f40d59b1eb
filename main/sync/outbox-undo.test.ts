import { describe, expect, test } from 'vitest'
import { countOutbox, pendingOn } from './outbox-state.ts'
import { undoables } from './outbox-undo.ts'
import { UNDO_MS } from './retry-policy.ts'
import { OutboxDriver, uuid } from './test-support/outbox-driver.ts'

const HOLD = { holdMs: UNDO_MS }
const YEAR = 365 * 24 * 3_600_000

/** Deletes a message of the server, as the user does. */
function remove(box: OutboxDriver, message: string, id: string | null): string {
  const key = box.newKey()
  const target = { key: message, id }
  const draft = { kind: 'delete', key, conversation: 'c', createdAt: 0, target } as const
  box.step({ type: 'enqueue', draft, ...HOLD })
  return key
}

function discard(box: OutboxDriver, key: string): void {
  box.step({ type: 'discard', key, deleteKey: box.newKey(), ...HOLD })
}

function failedSend(box: OutboxDriver): string {
  box.online()
  const key = box.send('refused')
  box.refuse('forbidden')
  return key
}

describe('a deletion that can be taken back', () => {
  test('[M4] it waits 5 s before it is sent, and what is written meanwhile goes at once', () => {
    const box = new OutboxDriver()
    box.online()
    const key = remove(box, uuid(70), 'm1')
    expect(undoables(box.state)).toMatchObject([{ key, what: 'delete' }])
    box.send('later')
    box.accept()
    box.pass(UNDO_MS - 1)
    expect(box.sent()).toEqual(['later'])
    box.pass(1)
    expect(box.sent()).toEqual(['later', 'delete'])
    expect(undoables(box.state)).toEqual([])
  })

  test('[M4] undone, it was never made; undone too late, nothing happens', () => {
    const box = new OutboxDriver()
    box.online()
    const key = remove(box, uuid(70), 'm1')
    box.step({ type: 'undo', key })
    box.pass(60_000)
    expect(box.transmitted).toEqual([])
    expect(box.rows.size).toBe(0)
    const late = remove(box, uuid(70), 'm1')
    box.pass(UNDO_MS)
    box.step({ type: 'undo', key: late })
    expect(box.stateOf(late)).toBe('sending')
  })

  test.each([-YEAR, 0, YEAR])(
    '[M4] a kill and a clock that jumps by %i ms bound the wait all the same',
    (jump) => {
      const box = new OutboxDriver()
      const key = remove(box, uuid(70), 'm1')
      box.restart(jump)
      box.online()
      box.pass(UNDO_MS)
      expect(box.lastOf(key).request).toMatchObject({ op: 'delete', message: 'm1' })
    },
  )

  test('[M4] a message that was never sent stays unsent, and comes back whole with its changes', () => {
    const box = new OutboxDriver()
    const key = box.send('hello')
    const like = box.react(key, true)
    remove(box, key, null)
    expect(pendingOn(box.state, 'c', key)).toEqual([])
    box.restart()
    box.online()
    box.pass(1000)
    expect(box.transmitted).toEqual([])
    box.step({ type: 'undo', key })
    box.accept()
    expect(box.transmitted.map((transmit) => transmit.key)).toEqual([key, like])
  })

  test('[O10] a message that turns out never to have arrived is not sent, and can still be had back', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('hello')
    remove(box, key, null)
    box.refuse('forbidden')
    expect(undoables(box.state)).toMatchObject([{ key, what: 'delete' }])
    box.step({ type: 'undo', key })
    expect(box.stateOf(key)).toBe('failed')
  })

  test('[M4] signed out, it is parked when its time has come', () => {
    const box = new OutboxDriver()
    box.step({ type: 'signed-out' })
    const key = remove(box, uuid(70), 'm1')
    box.pass(UNDO_MS)
    expect(box.shownState(key)).toBe('parked')
  })

  test('[M4] several are held at once, each with its own way back', () => {
    const box = new OutboxDriver()
    box.online()
    const [one, two] = [remove(box, uuid(70), 'm1'), remove(box, uuid(71), 'm2')]
    expect(undoables(box.state)).toHaveLength(2)
    box.step({ type: 'undo', key: one })
    box.pass(UNDO_MS)
    expect(box.transmitted.map(({ key }) => key)).toEqual([two])
  })
})

describe('a discard that can be taken back', () => {
  test('[M4] it is out of sight and out of the counts, and undone it is as it was', () => {
    const box = new OutboxDriver()
    const key = failedSend(box)
    discard(box, key)
    expect(countOutbox(box.state)).toEqual({ waiting: 0, failed: 0 })
    expect(pendingOn(box.state, 'c', key)).toEqual([])
    box.restart()
    expect(undoables(box.state)).toMatchObject([{ key, what: 'discard' }])
    box.step({ type: 'undo', key })
    expect(box.operation(key).status).toMatchObject({
      state: 'failed',
      failure: { code: 'forbidden' },
    })
    expect(countOutbox(box.state)).toEqual({ waiting: 0, failed: 1 })
  })

  test('[M4] after 5 s its row is gone, offline too, and it was never sent', () => {
    const box = new OutboxDriver()
    discard(box, failedSend(box))
    box.offline()
    box.restart()
    expect(box.rows.size).toBe(1)
    box.pass(UNDO_MS)
    expect(box.rows.size).toBe(0)
    expect(box.transmitted).toHaveLength(1)
  })

  test('[M4] "Retry all" does not touch it', () => {
    const box = new OutboxDriver()
    const key = failedSend(box)
    discard(box, key)
    box.step({ type: 'retry-all' })
    expect(box.stateOf(key)).toBe('held')
  })
})

describe('[M4] what failed before', () => {
  test('a deletion that is asked for again waits 5 s too, and is sent under its key', () => {
    const box = new OutboxDriver()
    box.online()
    const key = remove(box, uuid(70), 'm1')
    box.pass(UNDO_MS)
    box.refuse('forbidden')
    expect(box.stateOf(key)).toBe('failed')
    remove(box, uuid(70), 'm1')
    expect(undoables(box.state)).toMatchObject([{ key, what: 'delete' }])
    box.restart()
    box.online()
    box.pass(UNDO_MS - 1)
    expect(box.transmitted).toHaveLength(1)
    box.pass(1)
    expect(box.lastOf(key).request).toMatchObject({ op: 'delete', message: 'm1' })
    box.accept()
    expect(box.rows.size).toBe(0)
  })

  test('undone, a deletion that was asked for again is not made', () => {
    const box = new OutboxDriver()
    box.online()
    const key = remove(box, uuid(70), 'm1')
    box.pass(UNDO_MS)
    box.refuse('forbidden')
    remove(box, uuid(70), 'm1')
    box.step({ type: 'undo', key })
    box.pass(60_000)
    expect(box.transmitted).toHaveLength(1)
    expect(box.rows.size).toBe(0)
  })

  test('of a message that never arrived: both are had back, or both go', () => {
    for (const isUndone of [true, false]) {
      const box = new OutboxDriver()
      box.online()
      const key = box.send('hello')
      box.delete(key)
      box.pass(3_600_000)
      remove(box, key, null)
      expect(undoables(box.state)).toHaveLength(1)
      if (isUndone) box.step({ type: 'undo', key: undoables(box.state)[0]?.key ?? '' })
      box.pass(UNDO_MS)
      if (isUndone) expect([...box.rows.keys()]).toEqual([key])
      else expect(box.last().request).toMatchObject({ op: 'send', key })
    }
  })
})

describe('[M4] [O9] a row that cannot be read', () => {
  function withUnreadable(): OutboxDriver {
    const box = new OutboxDriver()
    const row = { ordinal: 1, key: 'odd', conversation: 'c', createdAt: null }
    box.step({ type: 'load', operations: [], unreadable: [row] })
    return box
  }
  const removed = (box: OutboxDriver) =>
    box.effects.filter(({ type }) => type === 'remove-unreadable').length

  test('is thrown away after 5 s, and is out of sight meanwhile', () => {
    const box = withUnreadable()
    discard(box, 'odd')
    expect(countOutbox(box.state).failed).toBe(0)
    expect(undoables(box.state)).toMatchObject([{ key: 'odd', what: 'discard' }])
    box.pass(UNDO_MS - 1)
    expect(removed(box)).toBe(0)
    box.pass(1)
    expect(removed(box)).toBe(1)
    expect(undoables(box.state)).toEqual([])
  })

  test('stays when that is taken back, and thrown away twice it goes when it would have gone', () => {
    const box = withUnreadable()
    discard(box, 'odd')
    box.step({ type: 'undo', key: 'odd' })
    box.pass(60_000)
    expect(countOutbox(box.state).failed).toBe(1)
    discard(box, 'odd')
    box.pass(UNDO_MS - 1)
    discard(box, 'odd')
    box.pass(1)
    expect(removed(box)).toBe(1)
  })
})
