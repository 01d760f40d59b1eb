import { expect, test } from 'vitest'
import type { MessageView } from '../../protocol/ipc/views.ts'
import { fakeApi, settled } from '../testing/fake-api.ts'
import { fakeTimers } from '../testing/fake-timers.ts'
import { conversationView, messageView, pageOf, unsent } from '../testing/views.ts'
import { applyConversations, NO_CONVERSATIONS } from './conversations.ts'
import { entriesOf } from './log.ts'
import { createLogLoader } from './log-loader.ts'
import { INITIAL_MODEL, type Model, withCurrent } from './model.ts'
import { createStore } from './store.ts'

/** Every third seq is a message; the rest are edits, reactions, members. */
const SPARSE = Array.from({ length: 1_000 }, (_, i) => messageView((i + 1) * 3))

function setUp(all: MessageView[], view = conversationView('c')) {
  const requests: { before?: number | undefined; limit: number }[] = []
  const conversations = applyConversations(NO_CONVERSATIONS, [view], [])
  const model: Model = withCurrent({ ...INITIAL_MODEL, conversations }, 'c')
  const store = createStore(model)
  let refusal: string | null = null
  const api = fakeApi({
    getMessages: async ({ before, limit }) => {
      requests.push({ before, limit })
      if (refusal !== null) return { ok: false, failure: { code: refusal } }
      return { ok: true, value: pageOf(all, { before, limit }) }
    },
  })
  const { now, after } = fakeTimers()
  const loader = createLogLoader({ api, store, now, after })
  const slot = () => store.get().logs.get('c')
  const seqs = () => {
    const log = slot()?.log
    return log === null || log === undefined ? [] : entriesOf(log).map((e) => e.message.seq)
  }
  const refuse = (code: string | null): void => {
    refusal = code
  }
  return { loader, store, slot, seqs, requests, refuse }
}

const gapless = (all: readonly MessageView[], seqs: readonly (number | null)[]): boolean => {
  const from = all.findIndex((message) => message.seq === seqs[0])
  return seqs.every((seq, i) => all[from + i]?.seq === seq)
}

test('opening loads the newest page once', async () => {
  const { loader, seqs, requests } = setUp(SPARSE)
  await loader.open('c')
  await loader.open('c')
  expect(requests).toHaveLength(1)
  expect(seqs().at(-1)).toBe(3_000)
})

test('opening with some unread loads all of them, with what came before', async () => {
  const { loader, seqs } = setUp(SPARSE, conversationView('c', { unread: 90, readUpTo: 2_730 }))
  await loader.open('c')
  expect(seqs()[0]).toBeLessThan(2_730)
})

test('opening with very many unread shows where reading stopped', async () => {
  const { loader, slot, seqs } = setUp(
    SPARSE,
    conversationView('c', { unread: 800, readUpTo: 600 }),
  )
  await loader.open('c')
  expect(seqs()).toContain(600)
  expect(seqs()).toContain(603)
  expect(slot()?.log).toMatchObject({ attached: false, headSeq: 3_000, hasOlder: true })
})

test('scrolling back loads page after page down to the first message', async () => {
  const { loader, slot, seqs } = setUp(SPARSE)
  await loader.open('c')
  while (slot()?.log?.hasOlder === true) await loader.loadOlder('c')
  expect(seqs()).toEqual(SPARSE.map((message) => message.seq))
})

test('scrolling asks once for what is on its way', async () => {
  const { loader, requests } = setUp(SPARSE)
  await loader.open('c')
  await Promise.all([loader.loadOlder('c'), loader.loadOlder('c'), loader.loadOlder('c')])
  expect(requests).toHaveLength(2)
})

test('a jump shows a far message with its neighbours, and the way back is without a gap', async () => {
  const { loader, store, slot, seqs } = setUp([...SPARSE, unsent('mine')])
  await loader.open('c')
  await loader.jumpToSeq('c', 300, 'k300')
  expect(store.get().jump).toMatchObject({ conversation: 'c', key: 'k300' })
  expect(seqs()).toContain(300)
  expect(seqs()).not.toContain(null)
  while (slot()?.log?.attached === false) await loader.loadNewer('c')
  expect(gapless([...SPARSE, unsent('mine')], seqs())).toBe(true)
  expect(seqs().at(-1)).toBeNull()
})

test('a stretch without messages does not stop the way to the newest', async () => {
  const all = [...SPARSE.slice(0, 100), messageView(2_500), messageView(2_600)]
  const { loader, slot, seqs } = setUp(all)
  await loader.open('c')
  await loader.jumpToSeq('c', 30, 'k30')
  while (slot()?.log?.attached === false) await loader.loadNewer('c')
  expect(gapless(all, seqs())).toBe(true)
  expect(seqs().at(-1)).toBe(2_600)
})

test('a jump that comes while the first page is on its way waits for it', async () => {
  const { loader, store, seqs } = setUp(SPARSE)
  const opening = loader.open('c')
  await loader.jumpToSeq('c', 300, 'k300')
  await opening
  expect(seqs()).toContain(300)
  expect(store.get().jump?.key).toBe('k300')
})

test('a message of which only the key is known is looked for backwards, in bounds', async () => {
  const { loader, store } = setUp(SPARSE)
  expect(await loader.jumpToKey('c', 'k2400')).toBe(true)
  expect(store.get().jump?.key).toBe('k2400')
  expect(await loader.jumpToKey('c', 'nowhere')).toBe(false)
})

test('a page that cannot be had is told, keeps what is shown, and can be asked for again', async () => {
  const { loader, slot, seqs, refuse } = setUp(SPARSE)
  await loader.open('c')
  const before = seqs()
  refuse('network')
  await loader.loadOlder('c')
  expect(slot()).toMatchObject({ failure: { code: 'network' }, loading: 'none' })
  expect(seqs()).toEqual(before)
  refuse(null)
  await loader.loadOlder('c')
  expect(slot()?.failure).toBeNull()
  expect(seqs().length).toBeGreaterThan(before.length)
})

test('going back to the newest replaces the window', async () => {
  const { loader, slot, seqs } = setUp(SPARSE)
  await loader.open('c')
  await loader.jumpToSeq('c', 300, 'k300')
  const { generation } = slot() ?? { generation: 0 }
  await loader.goToNewest('c')
  await settled()
  expect(seqs().at(-1)).toBe(3_000)
  expect(slot()?.generation).toBe(generation + 1)
})

test('a page tells of a conflict', async () => {
  const { loader, store } = setUp([
    messageView(1, {
      own: true,
      pending: {
        key: 'op',
        kind: 'edit',
        status: { state: 'conflict', mine: 'a', theirs: 'b' },
      },
    }),
  ])
  await loader.open('c')
  expect([...store.get().conflicts.values()]).toMatchObject([{ key: 'op', mine: 'a', theirs: 'b' }])
})
