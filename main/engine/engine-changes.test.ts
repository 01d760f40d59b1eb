import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Id } from '../../protocol/model/primitives.ts'
import { UNDO_MS } from '../sync/retry-policy.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench
let conversation: Id
let me: Id
let bob: Id

beforeEach(async () => {
  bench = new TestBench()
  ;({ conversation, me, bob } = await bench.signedIn())
})
afterEach(() => bench.dispose())

/** An own message that was edited here and elsewhere: the user is asked. */
async function conflict(): Promise<{ key: string; id: Id }> {
  const key = await bench.send(conversation, 'original')
  const id = (await bench.message(conversation, key))?.id ?? ''
  await bench.offline()
  await bench.act(
    bench.engine.handlers.editMessage({ key: randomUUID(), message: key, body: 'my text' }),
  )
  bench.server.edit(me, id, 'their text')
  await bench.online()
  return { key, id }
}

describe('changes', () => {
  test('[O10] of what was never transmitted fold into it; a deleted one is never sent', async () => {
    await bench.offline()
    const key = await bench.send(conversation, 'draft')
    const gone = await bench.send(conversation, 'never')
    await bench.act(
      bench.engine.handlers.editMessage({ key: randomUUID(), message: key, body: 'final' }),
    )
    await bench.act(bench.engine.handlers.deleteMessage({ key: randomUUID(), message: gone }))
    expect(await bench.bodies(conversation)).toEqual(['final'])
    await bench.online()
    expect(bench.server.bodies(conversation)).toEqual(['final'])
    expect(bench.server.requests.filter((r) => r.op === 'edit' || r.op === 'delete')).toEqual([])
  })

  test('[O10] of what may have arrived follow it in order', async () => {
    const key = randomUUID()
    bench.line.fate = (request) => (request.op === 'send' ? 'lose' : 'pass')
    await bench.send(conversation, 'first', key)
    await bench.offline()
    await bench.act(
      bench.engine.handlers.editMessage({ key: randomUUID(), message: key, body: 'second' }),
    )
    bench.line.fate = () => 'pass'
    await bench.online()
    expect(bench.server.bodies(conversation)).toEqual(['second'])
    expect(await bench.messages(conversation)).toMatchObject([
      { key, body: 'second', state: 'sent' },
    ])
  })

  test('edits, reactions and deletions of confirmed messages show at once and arrive', async () => {
    const theirs = bench.server.send(bob, conversation, 'from bob')
    const key = await bench.send(conversation, 'mine')
    await bench.offline()
    const { handlers } = bench.engine
    await bench.act(handlers.editMessage({ key: randomUUID(), message: key, body: 'mine 2' }))
    await bench.act(
      handlers.reactToMessage({ key: randomUUID(), message: theirs.id, emoji: '👍', on: true }),
    )
    expect(await bench.messages(conversation)).toMatchObject([
      { body: 'from bob', reactions: [{ emoji: '👍', mine: true, users: [{ name: 'me' }] }] },
      { body: 'mine 2', state: 'queued', pending: { kind: 'edit' } },
    ])
    await bench.online()
    expect(await bench.messages(conversation)).toMatchObject([
      { reactions: [{ emoji: '👍', mine: true }], pending: null },
      { body: 'mine 2', state: 'sent', pending: null },
    ])
    await bench.act(handlers.deleteMessage({ key: randomUUID(), message: key }))
    expect(await bench.bodies(conversation)).toEqual(['from bob', null])
    await bench.time.advance(UNDO_MS + 100)
    expect(bench.server.bodies(conversation)).toEqual(['from bob', null])
    expect(await bench.bodies(conversation)).toEqual(['from bob', null])
    expect(
      await bench.act(handlers.editMessage({ key: randomUUID(), message: key, body: 'x' })),
    ).toMatchObject({ failure: { code: 'gone' } })
  })

  test.each([
    ['mine', 'my text'],
    ['theirs', 'their text'],
  ] as const)('a conflict is kept until it is answered; "%s" wins', async (choice, text) => {
    const { key } = await conflict()
    const message = await bench.message(conversation, key)
    expect(message?.pending).toMatchObject({
      kind: 'edit',
      status: { state: 'conflict', mine: 'my text', theirs: 'their text' },
    })
    await bench.killAndRestart()
    const operation = (await bench.message(conversation, key))?.pending?.key ?? ''
    await bench.act(bench.engine.handlers.resolveConflict({ key: operation, choice }))
    await bench.time.advance(100)
    expect(bench.server.bodies(conversation)).toEqual([text])
    expect(await bench.bodies(conversation)).toEqual([text])
    expect((await bench.state()).outbox).toMatchObject({ waiting: 0, failed: 0 })
  })

  test('[O9] a conflict whose message is deleted meanwhile asks no more, and its text stays', async () => {
    const { key, id } = await conflict()
    expect((await bench.message(conversation, key))?.pending?.status.state).toBe('conflict')
    bench.server.remove(me, id)
    await bench.time.advance(100)
    const pending = (await bench.message(conversation, key))?.pending
    expect(pending?.status).toMatchObject({ state: 'failed', failure: { code: 'gone' } })
    expect(
      await bench.act(bench.engine.handlers.operationText({ key: pending?.key ?? '' })),
    ).toMatchObject({ ok: true, value: 'my text' })
  })

  test('of a message that is unknown here are refused', async () => {
    const { handlers } = bench.engine
    const unknown = { key: randomUUID(), message: 'nothing' }
    expect(await bench.act(handlers.editMessage({ ...unknown, body: 'x' }))).toMatchObject({
      failure: { code: 'not_found' },
    })
    expect(
      await bench.act(handlers.reactToMessage({ ...unknown, emoji: '👍', on: true })),
    ).toMatchObject({ failure: { code: 'not_found' } })
    expect(await bench.act(handlers.deleteMessage(unknown))).toMatchObject({ ok: true })
  })
})

describe('taking back', () => {
  test('[M4] it can be taken back after a kill, too', async () => {
    const message = await bench.send(conversation, 'kept')
    const key = randomUUID()
    await bench.act(bench.engine.handlers.deleteMessage({ key, message }))
    await bench.killAndRestart()
    expect((await bench.state()).undoable).toMatchObject([{ key, what: 'delete' }])
    await bench.act(bench.engine.handlers.undo({ key }))
    expect(await bench.bodies(conversation)).toContain('kept')
  })

  test('[M4] a deletion is shown at once and told as undoable; undone, the message is as before', async () => {
    const { handlers } = bench.engine
    const message = await bench.send(conversation, 'kept')
    const key = randomUUID()
    await bench.act(handlers.deleteMessage({ key, message }))
    expect(await bench.bodies(conversation)).toContain(null)
    expect((await bench.state()).undoable).toMatchObject([{ key, what: 'delete', conversation }])
    await bench.act(handlers.undo({ key }))
    expect(await bench.bodies(conversation)).toContain('kept')
    await bench.time.advance(UNDO_MS + 100)
    expect(bench.server.bodies(conversation)).toContain('kept')
    expect((await bench.state()).undoable).toEqual([])
  })
})

describe('replies', () => {
  test('quote the message as it is now, also before either was sent', async () => {
    await bench.offline()
    const first = await bench.send(conversation, 'question')
    const reply = {
      key: randomUUID(),
      conversation,
      body: 'answer',
      replyTo: first,
    }
    await bench.act(bench.engine.handlers.sendMessage(reply))
    expect(await bench.messages(conversation)).toMatchObject([
      { body: 'question' },
      { body: 'answer', replyTo: { key: first, authorName: 'me', preview: 'question' } },
    ])
    await bench.online()
    expect(await bench.messages(conversation)).toMatchObject([
      { body: 'question', state: 'sent' },
      { body: 'answer', state: 'sent', replyTo: { key: first, preview: 'question' } },
    ])
    bench.told()
    await bench.act(bench.engine.handlers.deleteMessage({ key: randomUUID(), message: first }))
    await bench.time.advance(UNDO_MS + 100)
    const upserted = bench.told().flatMap((e) => (e.type === 'messages' ? e.upserted : []))
    expect(upserted.find((m) => m.body === 'answer')?.replyTo).toMatchObject({ preview: '' })
  })
})
