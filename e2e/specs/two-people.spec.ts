import { expect, test } from '../support/fixtures.ts'
import { ARRIVED } from '../support/pages/conversation-page.ts'

const OFFLINE = Array.from(
  { length: 20 },
  (_, index) => `offline ${String(index + 1).padStart(2, '0')}`,
)

/** The numbered texts among what is shown, in its order. */
function offlineTexts(messages: readonly { text: string }[]): string[] {
  return messages.flatMap(({ text }) => /offline \d\d/.exec(text)?.[0] ?? [])
}

test('two people converse', async ({ world }) => {
  const server = await world.startServer()
  const alice = await world.signUp('alice', server.url)
  const bob = await world.signUp('bob', server.url)

  await alice.sidebar.create(['bob'])
  await expect(alice.conversation.heading).toHaveText('bob')
  await alice.composer.send('Good morning, Bob')
  await bob.sidebar.open('alice')
  await expect(bob.conversation.message('Good morning, Bob')).toBeVisible()

  await bob.composer.send('Good morning, Alice')
  await expect(alice.conversation.message('Good morning, Alice')).toBeVisible()
  await alice.conversation.expectArrived('Good morning, Bob')
  await bob.conversation.expectArrived('Good morning, Alice')
})

test('[O1, O3, O4] twenty messages written offline survive SIGKILL and arrive once, in order', async ({
  world,
}) => {
  const server = await world.startServer()
  const line = await world.startProxy(server)
  const alice = await world.signUp('alice', line.url)
  const bob = await world.signUp('bob', server.url)
  await alice.sidebar.create(['bob'])
  await alice.composer.send('before')
  await bob.sidebar.open('alice')
  await expect(bob.conversation.message('before')).toBeVisible()

  line.cut()
  await expect(alice.connection.status).toHaveText(/^Offline, next try in \d+ s$/)
  for (const text of OFFLINE) await alice.composer.send(text)
  const queued = (await alice.conversation.readAll()).filter(({ text }) => text.includes('offline'))
  expect(offlineTexts(queued)).toEqual(OFFLINE)
  expect(new Set(queued.map(({ state }) => state))).toEqual(new Set(['queued']))
  await alice.kill()

  const again = await world.launch('alice', { serverUrl: line.url })
  await again.sidebar.open('bob')
  const kept = (await again.conversation.readAll()).filter(({ text }) => text.includes('offline'))
  expect(kept).toEqual(queued)

  line.restore()
  await again.connection.reconnect()
  await expect(again.connection.status).toHaveText('Online')
  const onlineAt = performance.now()
  await expect(bob.conversation.message('offline 20')).toBeVisible()
  expect(performance.now() - onlineAt).toBeLessThan(5_000)

  expect(offlineTexts(await bob.conversation.readAll())).toEqual(OFFLINE)
  await expect(again.outbox.button).toHaveAccessibleName('Outbox (0)')
  const sent = (await again.conversation.readAll()).filter(({ text }) => text.includes('offline'))
  expect(offlineTexts(sent)).toEqual(OFFLINE)
  expect(sent.filter(({ state }) => !ARRIVED.includes(state))).toEqual([])
  expect(sent.map(({ key }) => key)).toEqual(queued.map(({ key }) => key))
})
