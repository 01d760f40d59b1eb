import { expect, test } from '../support/fixtures.ts'

const TEXT = 'The eight o’clock is on time'

test('[R1, R2, R4] a message is sent while the other is away, delivered to the app, read when looked at; and offline after a restart', async ({
  world,
}) => {
  const server = await world.startServer()
  const line = await world.startProxy(server)
  const alice = await world.signUp('alice', line.url)
  const bob = await world.signUp('bob', server.url)
  await alice.sidebar.create(['bob'])
  await bob.sidebar.create([], 'Notes of my own')
  await expect(bob.sidebar.conversation('alice')).toBeVisible()
  await bob.quit()

  await alice.composer.send(TEXT)
  const message = alice.conversation.message(TEXT)
  await alice.conversation.expectState(TEXT, 'sent')
  await expect(message).toContainText('Sent')

  // Bob's app is there again, at another conversation.
  const again = await world.launch('bob', { serverUrl: server.url })
  await again.sidebar.open('Notes of my own')
  await expect(again.sidebar.conversation('alice')).toHaveAccessibleDescription(/^1 unread/)
  await alice.conversation.expectState(TEXT, 'delivered')
  await expect(message).toContainText('Delivered')

  await again.sidebar.open('alice')
  await alice.conversation.expectState(TEXT, 'read')
  await expect(message).toContainText('Read')

  // What was told while the line is cut is asked for when it is whole.
  line.cut()
  await alice.kill()
  const offline = await world.launch('alice', { serverUrl: line.url })
  await expect(offline.connection.status).toHaveText(/^Offline/)
  await offline.sidebar.open('bob')
  await offline.conversation.expectState(TEXT, 'read')
  await offline.composer.send('and the nine o’clock is not')
  await offline.conversation.expectState('and the nine', 'queued')
  line.restore()
  await offline.connection.reconnect()
  await offline.conversation.expectState('and the nine', 'read')
})

test('[R1] in a group a message is read when everyone has read it', async ({ world }) => {
  const server = await world.startServer()
  const [alice, bob, cat] = [
    await world.signUp('alice', server.url),
    await world.signUp('bob', server.url),
    await world.signUp('cat', server.url),
  ]
  await cat.sidebar.create([], 'Notes of my own')
  await alice.sidebar.create(['bob', 'cat'], 'Harbour')
  await bob.sidebar.open('Harbour')
  await expect(cat.sidebar.conversation('Harbour')).toBeVisible()
  await alice.composer.send(TEXT)
  await alice.conversation.expectState(TEXT, 'delivered')
  await expect(alice.conversation.message(TEXT)).toContainText('Delivered, read by 1 of 2')
  await cat.sidebar.open('Harbour')
  await alice.conversation.expectState(TEXT, 'read')
})
