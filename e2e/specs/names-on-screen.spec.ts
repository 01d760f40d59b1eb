import { expect, test } from '../support/fixtures.ts'
import { Peer } from '../support/peer.ts'

/** Contract.md section 4, name by name: tools outside the project find things by these. */

test('Welcome: both forms', async ({ world }) => {
  const app = await world.launch('ann')
  const { welcome } = app
  await expect(welcome.heading).toBeVisible()
  await expect(welcome.name).toBeVisible()
  await expect(welcome.startOnThisComputer).toBeVisible()
  await welcome.joinServer.click()
  await expect(welcome.serverAddress).toBeVisible()
  await expect(welcome.username).toBeVisible()
  await expect(welcome.password).toBeVisible()
  await expect(welcome.signInButton).toBeVisible()
  await expect(welcome.createAccountButton).toBeVisible()
})

test('Welcome: with FERRY_SERVER_URL the second form shows at once', async ({ world }) => {
  const app = await world.launch('ann', { serverUrl: 'http://127.0.0.1:9' })
  await expect(app.welcome.heading).toBeVisible()
  await expect(app.welcome.serverAddress).toHaveValue('http://127.0.0.1:9')
  await expect(app.welcome.username).toBeVisible()
  await expect(app.welcome.password).toBeVisible()
})

test('conversations, their unread count, and the dialog that makes one', async ({ world }) => {
  const server = await world.startServer()
  const app = await world.signUp('alice', server.url)
  const bob = await Peer.connect({ serverUrl: server.url, username: 'bob', account: 'new' })
  const { sidebar } = app

  await sidebar.newConversation.click()
  await expect(sidebar.dialog.getByLabel('People', { exact: true })).toBeVisible()
  await expect(sidebar.dialog.getByLabel('Title', { exact: true })).toBeVisible()
  await expect(sidebar.dialog.getByRole('button', { name: 'Create', exact: true })).toBeVisible()
  await app.page.keyboard.press('Escape')
  await expect(sidebar.dialog).toHaveCount(0)

  const harbour = await bob.createGroup('Harbour', ['alice'])
  await sidebar.create(['bob'], 'Elsewhere')
  await expect(app.conversation.heading).toHaveText('Elsewhere')
  await bob.ask('send', { conversation: harbour, body: 'one' })
  await bob.ask('send', { conversation: harbour, body: 'two' })
  await expect(sidebar.conversation('Harbour')).toHaveAccessibleDescription(/^2 unread messages/)
  await sidebar.open('Harbour')
  await expect(sidebar.conversation('Harbour')).not.toHaveAccessibleDescription(/unread/)
  bob.close()
})

test('messages: article, key, state, composer and its keys', async ({ world }) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const { composer, conversation } = app
  await expect(composer.sendButton).toBeVisible()
  await composer.box.fill('first line')
  await composer.box.press('Shift+Enter')
  await composer.box.pressSequentially('second line')
  await composer.sendButton.click()
  const article = conversation.message('first line')
  await expect(article).toContainText('second line')
  await expect(article).toHaveAttribute('data-message-key', /^[0-9a-f-]{36}$/)
  await expect(article).toHaveAttribute('data-state', 'sent')
  await expect(article).toContainText('Sent')

  await composer.box.press('ArrowUp')
  await expect(composer.box).toHaveValue('first line\nsecond line')
  await composer.send('edited line')
  await expect(conversation.messages).toHaveCount(1)
  await expect(conversation.message('edited line')).toHaveAttribute('data-state', 'sent')
})

test('Message actions: Edit, Copy text, Delete', async ({ world }) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const { composer, conversation } = app
  await composer.send('a word')
  await conversation.expectState('a word', 'sent')
  const openMenu = async () => {
    await conversation.messages.first().hover()
    const button = conversation.messages.first().getByRole('button', { name: 'Message actions' })
    await button.click()
  }

  await openMenu()
  await app.page.getByRole('menuitem', { name: 'Copy text', exact: true }).click()
  await expect
    .poll(() => app.electron.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe('a word')

  await openMenu()
  await app.page.getByRole('menuitem', { name: 'Edit', exact: true }).click()
  await expect(composer.box).toHaveValue('a word')
  await composer.send('another word')
  await conversation.expectState('another word', 'sent')

  await openMenu()
  await app.page.getByRole('menuitem', { name: 'Delete', exact: true }).click()
  await expect(conversation.messages).toContainText('Message deleted')
  await expect(conversation.messages).not.toContainText('another word')
})

test('what failed: the reason in words, Retry, Discard, and the outbox', async ({ world }) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const { conversation, outbox } = app
  await expect(outbox.button).toHaveAccessibleName('Outbox (0)')
  const body = `${'too long '.repeat(2_000)}end`
  await app.page.evaluate(async (text) => {
    const [first] = await window.ferry.listConversations()
    if (first === undefined) throw new Error('there is no conversation')
    const key = crypto.randomUUID()
    await window.ferry.sendMessage({ key, conversation: first.id, body: text })
  }, body)
  const failed = conversation.messages.first()
  await expect(failed).toHaveAttribute('data-state', 'failed')
  await expect(failed).toContainText('Too long: 18,003 of 16,384 bytes')
  await expect(failed.getByRole('button', { name: 'Retry', exact: true })).toBeVisible()
  await expect(failed.getByRole('button', { name: 'Discard', exact: true })).toBeVisible()

  await expect(outbox.button).toHaveAccessibleName('Outbox (1)')
  await outbox.button.click()
  const item = outbox.region.getByRole('listitem').first()
  await expect(item).toContainText('Too long')
  // Trying again would not make it shorter.
  await expect(item.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  await expect(item.getByRole('button', { name: 'Retry', exact: true })).toHaveCount(0)
  await expect(outbox.retryAll).toBeVisible()
  await item.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(outbox.button).toHaveAccessibleName('Outbox (0)')
  await expect(conversation.messages).toHaveCount(0)
})

test('Connection: online, offline with a countdown, Try now', async ({ world }) => {
  const server = await world.startServer()
  const line = await world.startProxy(server)
  const app = await world.signUp('alice', line.url)
  await expect(app.connection.tryNow).toHaveCount(0)
  line.cut()
  await expect(app.connection.status).toHaveText(/^Offline, next try in \d+ s$/)
  const before = line.attempts
  // A wait of some seconds, so that the button stays while it is clicked.
  await expect(app.connection.status).toHaveText(/in ([5-9]|\d\d) s$/, { timeout: 90_000 })
  await app.connection.tryNow.click()
  await expect.poll(() => line.attempts).toBeGreaterThan(before)
  line.restore()
  await app.connection.reconnect()
  await expect(app.connection.status).toHaveText('Online')
})

test('Search: the box by its shortcut, results, and the way to a message', async ({ world }) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  await app.composer.send('the lighthouse keeper')
  await app.conversation.expectState('the lighthouse keeper', 'sent')
  await app.page.keyboard.press('ControlOrMeta+k')
  await expect(app.sidebar.search).toBeFocused()
  await app.sidebar.search.pressSequentially('lightho')
  const option = app.sidebar.searchResults.getByRole('option')
  await expect(option).toHaveCount(1)
  await expect(option).toContainText('the lighthouse keeper')
  await app.sidebar.search.press('Enter')
  await expect(app.sidebar.searchResults).toHaveCount(0)
  await expect(app.conversation.message('the lighthouse keeper')).toBeVisible()
})
