import { describe, expect, test } from 'vitest'
import { messageOf, OutboxDriver, uuid } from './test-support/outbox-driver.ts'

const EDITED = messageOf({
  ...{ id: 'm1', key: uuid(70), seq: 4, body: 'edited', version: 2 },
  editedAt: '2026-11-30T10:00:00.000Z',
})

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
