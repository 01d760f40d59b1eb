import { describe, expect, test } from 'vitest'
import { undoables } from './outbox-undo.ts'
import { UNDO_MS } from './retry-policy.ts'
import { messageOf, OutboxDriver, uuid } from './test-support/outbox-driver.ts'

const EDITED = messageOf({
  ...{ id: 'm1', key: uuid(70), seq: 4, body: 'edited', version: 2 },
  editedAt: '2026-11-30T10:00:00.000Z',
})

const LOST = messageOf({ id: 'm1', key: uuid(70), seq: 4, body: 'lost' })

describe('[O9] an edit that a restored server may have lost', () => {
  test('comes back as failed, and as both texts once the message is seen as it is there', () => {
    const box = new OutboxDriver()
    box.online()
    box.loseEdit(EDITED, uuid(90))
    expect(box.operation(uuid(90)).status).toMatchObject({ failure: { code: 'lost_by_server' } })
    const { editedAt: _, ...created } = EDITED
    box.observe({ ...created, body: 'first', version: 1 })
    const conflict = { state: 'conflict', mine: 'edited', theirs: 'first', theirVersion: 1 }
    expect(box.operation(uuid(90)).status).toEqual(conflict)
    expect(box.transmitted).toEqual([])
  })

  test('is no matter when the server has it after all', () => {
    const box = new OutboxDriver()
    box.loseEdit(EDITED, uuid(90))
    box.observe({ ...EDITED, body: 'first', version: 1 })
    box.observe(EDITED)
    expect(box.rows.size).toBe(0)
  })

  test('is asked about its message where that is not seen: the server tells the other text', () => {
    const box = new OutboxDriver()
    box.loseEdit(EDITED, uuid(90))
    box.online()
    box.retry(uuid(90))
    expect(box.last().request).toMatchObject({ op: 'edit', message: 'm1', baseVersion: 2 })
  })

  test('does not come beside what the user is changing there', () => {
    const box = new OutboxDriver()
    box.edit(uuid(70), 'newer', 'm1', 2)
    box.loseEdit(EDITED, uuid(90))
    expect(box.has(uuid(90))).toBe(false)
  })

  test('has failed once its message is deleted: no choice is offered between a text and none', () => {
    const box = new OutboxDriver()
    box.loseEdit(EDITED, uuid(90))
    const { editedAt: _, ...created } = EDITED
    box.observe({ ...created, body: 'first', version: 1 })
    const { body: _body, ...deleted } = EDITED
    box.observe({ ...deleted, version: 3, deletedAt: '2026-11-30T11:00:00.000Z' })
    expect(box.operation(uuid(90))).toMatchObject({
      body: 'edited',
      status: { state: 'failed', failure: { code: 'gone' } },
    })
  })

  test('[O1] is kept once, when it is lost again after a kill', () => {
    const box = new OutboxDriver()
    box.loseEdit(EDITED, uuid(90))
    box.loseEdit(EDITED, uuid(91))
    expect([...box.rows.keys()]).toEqual([uuid(90)])
  })
})

test('[O9] a message that is there with another text is confirmed, and the text that waits becomes an edit', () => {
  const box = new OutboxDriver()
  const key = box.send('mine')
  box.observe(messageOf({ id: 'm1', key, body: 'theirs' }))
  expect(box.has(key)).toBe(false)
  const [edit] = [...box.rows.values()]
  expect(edit).toMatchObject({
    kind: 'edit',
    target: { key, id: 'm1' },
    status: { state: 'conflict', mine: 'mine', theirs: 'theirs', theirVersion: 1 },
  })
})

describe('[O9] a message that is there in a later version', () => {
  const later = (key: string) => messageOf({ id: 'm1', key, body: 'theirs', version: 2 })

  test('takes the place of the text that was sent before it', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('mine')
    box.offline()
    box.observe(later(key))
    expect(box.rows.size).toBe(0)
  })

  test('or deleted since, takes its place too; but a text that was never sent stays in the outbox', () => {
    const { body: _, ...deleted } = messageOf({ id: 'm1', version: 2, key: uuid(1) })
    const box = new OutboxDriver()
    box.online()
    box.send('sent')
    box.offline()
    box.observe({ ...deleted, deletedAt: '2026-11-30T10:00:00.000Z' })
    expect(box.rows.size).toBe(0)
    const copy = new OutboxDriver()
    const key = copy.send('never sent')
    copy.observe({ ...deleted, deletedAt: '2026-11-30T10:00:00.000Z' })
    expect(copy.operation(key)).toMatchObject({
      body: 'never sent',
      status: { state: 'failed', failure: { code: 'gone' } },
    })
  })

  test.each([{ body: 'edited' }, { deletedAt: '2026-11-30T10:00:00.000Z' }])(
    'takes the place of one that seemed lost (%o)',
    (change) => {
      const box = new OutboxDriver()
      box.lose(LOST)
      const { body: _, ...rest } = LOST
      box.observe({ ...rest, version: 2, ...change })
      expect(box.rows.size).toBe(0)
    },
  )

  test('leaves a text to be decided that was never sent', () => {
    const box = new OutboxDriver()
    const key = box.send('mine')
    box.observe(later(key))
    const [edit] = [...box.rows.values()]
    expect(edit).toMatchObject({ kind: 'edit', status: { state: 'conflict', mine: 'mine' } })
  })

  test('leaves a text to be decided that the server refused, as its key was another one’s', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.send('mine')
    box.refuse('key_reused')
    box.observe(later(key))
    const [edit] = [...box.rows.values()]
    expect(edit).toMatchObject({ kind: 'edit', status: { state: 'conflict', theirVersion: 2 } })
  })
})

test('[O3] lost messages that come in slices, the newest first, stand in the order in which they were written', () => {
  const box = new OutboxDriver()
  const messages = [1, 2, 3, 4].map((n) =>
    messageOf({ id: `m${n}`, key: uuid(n), seq: n, body: `${n}` }),
  )
  box.lose(...messages.slice(2))
  box.lose(...messages.slice(0, 2))
  box.lose(...messages)
  box.step({ type: 'retry-all' })
  box.online()
  for (let n = 0; n < 4; n += 1) box.accept()
  expect(box.sent()).toEqual(['1', '2', '3', '4'])
})

test('[O2] an edit in doubt of a lost message is never asked again with another target under its key', () => {
  const box = new OutboxDriver()
  box.online()
  const edit = box.edit(uuid(70), 'edited', 'm1', 1)
  box.offline()
  box.lose(messageOf({ id: 'm1', key: uuid(70), seq: 4, body: 'lost' }))
  box.online()
  box.retry(uuid(70))
  expect(box.last().request).toMatchObject({ op: 'send', key: uuid(70), body: 'edited' })
  box.accept(box.last(), { id: 'm2' })
  expect(box.transmitted.filter(({ key }) => key === edit)).toHaveLength(1)
  expect(box.rows.size).toBe(0)
})

/** Deletes the message that will be lost, as the user does. */
function remove(box: OutboxDriver, holdMs = 0): string {
  const key = box.newKey()
  const target = { key: uuid(70), id: 'm1' }
  const draft = { kind: 'delete', key, conversation: 'c', createdAt: 0, target } as const
  box.step({ type: 'enqueue', draft, holdMs })
  return key
}

/** What was asked under each key, with no regard to what it had to come after. */
function contentsByKey(box: OutboxDriver): Map<string, Set<string>> {
  const contents = new Map<string, Set<string>>()
  for (const { key, request } of box.transmitted) {
    const content = JSON.stringify({ ...request, after: undefined })
    contents.set(key, (contents.get(key) ?? new Set()).add(content))
  }
  return contents
}

describe('[O2] what may have arrived about a message that a restored server lost', () => {
  test('a reaction follows the message under a key of its own', () => {
    const box = new OutboxDriver()
    box.online()
    box.react(uuid(70), true, 'm1')
    box.offline()
    box.lose(LOST)
    box.restart()
    box.online()
    box.retry(uuid(70))
    box.accept(box.last(), { id: 'm2' })
    expect(box.last().request).toMatchObject({ op: 'react', message: 'm2', on: true })
    box.accept()
    expect(box.rows.size).toBe(0)
    for (const contents of contentsByKey(box).values()) expect(contents.size).toBe(1)
  })

  test('a reaction and its opposite keep their order', () => {
    const box = new OutboxDriver()
    box.online(true)
    box.react(uuid(70), true, 'm1')
    box.offline()
    box.react(uuid(70), false, 'm1')
    box.lose(LOST)
    box.online(true)
    box.retry(uuid(70))
    box.accept(box.last(), { id: 'm2' })
    box.accept()
    box.accept()
    const reactions = box.transmitted.flatMap(({ request }) =>
      request.op === 'react' && request.message === 'm2' ? [request.on] : [],
    )
    expect(reactions).toEqual([true, false])
    for (const contents of contentsByKey(box).values()) expect(contents.size).toBe(1)
  })

  test('a deletion that failed without an answer deletes the new one under a key of its own', () => {
    const box = new OutboxDriver()
    box.online()
    remove(box)
    box.pass(3_600_000)
    box.offline()
    box.lose(LOST)
    box.online()
    box.step({ type: 'retry-all' })
    box.accept(box.last(), { id: 'm2' })
    expect(box.last().request).toMatchObject({ op: 'delete', message: 'm2' })
    for (const contents of contentsByKey(box).values()) expect(contents.size).toBe(1)
  })

  test('a message that quotes it is asked again as it was, also when the lost one is thrown away', () => {
    const box = new OutboxDriver()
    box.online()
    const key = box.newKey()
    const replyTo = { key: uuid(70), id: 'm1' }
    const base = { key, conversation: 'c', createdAt: 0 }
    box.enqueue({ kind: 'send', ...base, body: 'reply', replyTo })
    box.offline()
    box.lose(LOST)
    box.discard(uuid(70))
    box.online()
    expect(box.last().request).toMatchObject({ op: 'send', key, replyTo: 'm1' })
    for (const contents of contentsByKey(box).values()) expect(contents.size).toBe(1)
  })
})

describe('[O9] a lost message that the user wanted deleted', () => {
  test('comes back when its deletion has failed, and can be deleted anew', () => {
    const box = new OutboxDriver()
    box.online()
    const deletion = remove(box)
    box.refuse('forbidden')
    box.lose(LOST)
    expect(box.stateOf(uuid(70))).toBe('failed')
    expect(box.stateOf(deletion)).toBe('failed')
  })

  test('comes back when the failed deletion was thrown away', () => {
    const box = new OutboxDriver()
    box.online()
    const deletion = remove(box)
    box.refuse('forbidden')
    box.step({ type: 'discard', key: deletion, deleteKey: box.newKey(), holdMs: UNDO_MS })
    box.lose(LOST)
    box.pass(UNDO_MS)
    expect([...box.rows.keys()]).toEqual([uuid(70)])
  })

  test.each([0, 1])(
    '[M4] comes back when its deletion is undone after the restore (%i kills)',
    (kills) => {
      const box = new OutboxDriver()
      const deletion = remove(box, UNDO_MS)
      box.lose(LOST)
      if (kills > 0) box.restart()
      expect(undoables(box.state).map(({ key }) => key)).toEqual([deletion])
      box.step({ type: 'undo', key: deletion })
      expect([...box.rows.keys()]).toEqual([uuid(70)])
      expect(box.operation(uuid(70)).status).toMatchObject({ failure: { code: 'lost_by_server' } })
    },
  )

  test('[M4] is gone with its deletion, which is sent in case the server has it after all', () => {
    const box = new OutboxDriver()
    box.online()
    const deletion = remove(box, UNDO_MS)
    box.lose(LOST)
    box.pass(UNDO_MS)
    expect([...box.rows.keys()]).toEqual([deletion])
    expect(box.last().request).toMatchObject({ op: 'delete', message: 'm1' })
  })

  test('keeps its lost edit while its deletion can be undone, and when that has failed', () => {
    const box = new OutboxDriver()
    box.online()
    const deletion = remove(box, UNDO_MS)
    box.loseEdit(EDITED, uuid(90))
    box.step({ type: 'undo', key: deletion })
    expect([...box.rows.keys()]).toEqual([uuid(90)])
    const other = new OutboxDriver()
    other.online()
    remove(other)
    other.refuse('forbidden')
    other.loseEdit(EDITED, uuid(90))
    expect(other.has(uuid(90))).toBe(true)
  })
})
