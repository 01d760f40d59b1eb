import { PASSWORD } from '../support/bootstrap.ts'
import { expect, test } from '../support/fixtures.ts'
import { FrameProxy } from '../support/frame-proxy.ts'
import { endSession } from '../support/peer.ts'

test('a wrong password and a taken name are said in words, and nothing typed is lost', async ({
  world,
}) => {
  const server = await world.startServer()
  const alice = await world.signUp('alice', server.url)
  await alice.quit()
  const app = await world.launch('second', { serverUrl: server.url })
  await app.welcome.signIn({ username: 'alice', password: 'not the password' })
  await expect(app.page.getByRole('alert')).toHaveText('Wrong username or password')
  await expect(app.welcome.username).toHaveValue('alice')
  await app.welcome.createAccount({ username: 'alice', password: PASSWORD })
  await expect(app.page.getByRole('alert')).toContainText('taken')
  await app.welcome.signIn({ username: 'alice', password: PASSWORD })
  await expect(app.connection.status).toHaveText('Online')
})

test('a server that cannot be reached is said, and the form stays', async ({ world }) => {
  const app = await world.launch('alice', { serverUrl: 'http://127.0.0.1:9' })
  await app.welcome.signIn({ username: 'alice', password: PASSWORD })
  await expect(app.page.getByRole('alert')).toHaveText('The server cannot be reached')
  await expect(app.welcome.password).toHaveValue(PASSWORD)
})

test('[O8] a revoked session parks what is written, and drains after signing in again', async ({
  world,
}) => {
  const server = await world.startServer()
  const line = await FrameProxy.start(server.url)
  const app = await world.signUp('alice', line.url)
  await app.sidebar.create([], 'Notes')
  await app.composer.send('before')
  await app.conversation.expectState('before', 'sent')

  await endSession(server.url, line.token)
  await expect(app.connection.status).toHaveText('Signed out')
  await app.composer.send('while signed out')
  await app.conversation.expectState('while signed out', 'queued')
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (1)')
  await expect(app.conversation.message('before')).toBeVisible()

  const form = app.page.getByRole('form', { name: 'Sign in again' })
  await form.getByLabel('Password').fill('not the password')
  await form.getByRole('button', { name: 'Sign in' }).click()
  await expect(form.getByRole('alert')).toHaveText('Wrong username or password')
  await form.getByLabel('Password').fill(PASSWORD)
  await form.getByRole('button', { name: 'Sign in' }).click()
  await expect(app.connection.status).toHaveText('Online')
  await app.conversation.expectState('while signed out', 'sent')
  expect(line.transmissions('send')).toHaveLength(2)
  await line.stop()
})

test('signing out keeps the conversations, and signing in brings everything that was missed', async ({
  world,
}) => {
  const server = await world.startServer()
  const alice = await world.signUp('alice', server.url)
  const bob = await world.signUp('bob', server.url)
  await alice.sidebar.create(['bob'])
  await alice.composer.send('hello')
  await bob.sidebar.open('alice')
  await expect(bob.conversation.message('hello')).toBeVisible()

  await bob.page.getByRole('button', { name: 'Account: bob' }).click()
  await bob.page.getByRole('menuitem', { name: 'Sign out…' }).click()
  await bob.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
  await expect(bob.connection.status).toHaveText('Signed out')
  await alice.composer.send('are you there?')
  await alice.conversation.expectState('are you there?', 'sent')
  await expect(bob.conversation.message('are you there?')).toHaveCount(0)

  await bob.quit()
  const again = await world.launch('bob', { serverUrl: server.url })
  await expect(again.connection.status).toHaveText('Signed out')
  await again.sidebar.open('alice')
  await expect(again.conversation.message('hello')).toBeVisible()
  const form = again.page.getByRole('form', { name: 'Sign in again' })
  await form.getByLabel('Password').fill(PASSWORD)
  await form.getByRole('button', { name: 'Sign in' }).click()
  await expect(again.conversation.message('are you there?')).toBeVisible()
})
