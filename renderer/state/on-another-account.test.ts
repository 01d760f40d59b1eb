import { expect, test } from 'vitest'
import { appState } from '../testing/views.ts'
import { INITIAL_MODEL, type Model } from './model.ts'
import { onAnotherAccount } from './on-another-account.ts'
import { createStore } from './store.ts'

const as = (id: string, status: 'signed-in' | 'signed-out' = 'signed-in'): Model => ({
  ...INITIAL_MODEL,
  app: {
    receivedAt: 0,
    state: appState({
      session: {
        status,
        user: { id, username: id, displayName: id },
        server: { kind: 'remote', url: 'https://chat.example' },
      },
    }),
  },
})

test('the page of one account ends when another one takes its place, once', () => {
  const store = createStore<Model>(INITIAL_MODEL)
  let times = 0
  onAnotherAccount(store, () => {
    times += 1
  })
  for (const model of [as('alice'), as('alice', 'signed-out'), INITIAL_MODEL, as('alice')]) {
    store.update(() => model)
  }
  expect(times).toBe(0)
  store.update(() => as('bob'))
  store.update(() => as('alice'))
  expect(times).toBe(1)
})
