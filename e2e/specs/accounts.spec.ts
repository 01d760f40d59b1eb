import { PASSWORD } from '../support/bootstrap.ts'
import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'
import { FrameProxy } from '../support/frame-proxy.ts'
import { endSession } from '../support/peer.ts'

const choice = ({ page }: FerryApp, name: string | RegExp) =>
  page.getByRole('region', { name: 'Signed out' }).getByRole('button', { name })

test('[O8] signed out with something waiting: somebody else gets in, and what waits is sent by its author alone', async ({
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
  await app.composer.send('of alice alone')
  await app.composer.box.fill('a draft of alice')

  await expect(app.page.getByRole('region', { name: 'Signed out' })).toContainText(
    '1 change of alice (@alice on',
  )
  await choice(app, 'Use another account (keeps alice’s outbox)').click()
  const form = app.page.getByRole('form', { name: 'Use another account' })
  await form.getByLabel('Username', { exact: true }).fill('bob')
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await form.getByLabel('Display name (optional)').fill('Bob the Builder')
  await form.getByLabel('Display name (optional)').press('Enter')
  await expect(app.connection.status).toHaveText('Online')
  await expect(app.page.getByRole('button', { name: 'Account: Bob the Builder' })).toBeVisible()
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (0)')
  await expect(app.sidebar.navigation.getByRole('listitem')).toHaveCount(0)
  await app.outbox.button.click()
  await expect(app.outbox.region).toContainText('1 change of alice waits')
  await app.sidebar.create([], 'Of Bob')
  await app.composer.send('from bob')
  await app.conversation.expectState('from bob', 'sent')
  expect(line.transmissions('send')).toHaveLength(2)

  await app.page.getByRole('button', { name: 'Account: Bob the Builder' }).click()
  await app.page.getByRole('menuitem', { name: 'Sign out…' }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
  await choice(app, 'Use another account').click()
  await choice(app, 'Sign in as alice').click()
  const again = app.page.getByRole('form', { name: 'Sign in again' })
  await expect(app.conversation.message('of alice alone')).toBeVisible()
  await expect(app.composer.box).toHaveValue('a draft of alice')
  await again.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await again.getByRole('button', { name: 'Sign in', exact: true }).click()
  await app.conversation.expectState('of alice alone', 'sent')
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (0)')
  await line.stop()
})

test('signed out, another server can be chosen', async ({ world }) => {
  const first = await world.startServer()
  const second = await world.startServer({ name: 'second' })
  const app = await world.signUp('alice', first.url)
  await app.page.getByRole('button', { name: 'Account: alice' }).click()
  await app.page.getByRole('menuitem', { name: 'Sign out…' }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click()
  await choice(app, 'Another server').click()
  const form = app.page.getByRole('form', { name: 'Another server' })
  await form.getByLabel('Server address', { exact: true }).fill(second.url)
  await form.getByLabel('Username', { exact: true }).fill('alice')
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await form.getByRole('button', { name: 'Create account' }).click()
  await expect(app.connection.status).toHaveText('Online')
  await expect(app.page.getByRole('button', { name: 'Account: alice' })).toContainText(
    new URL(second.url).host,
  )
  await app.quit()
  const again = await world.launch('alice', { serverUrl: first.url })
  await expect(again.connection.status).toHaveText('Online')
})

test('[O9] in a narrow window the outbox does not cover the sign-in, and offers no retry that cannot be', async ({
  world,
}) => {
  const server = await world.startServer()
  const line = await FrameProxy.start(server.url)
  const app = await world.signUp('alice', line.url)
  await app.sidebar.create([], 'Notes')
  await endSession(server.url, line.token)
  await expect(app.connection.status).toHaveText('Signed out')
  await app.composer.send('parked')
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setContentSize(480, 700)
  })
  await app.outbox.button.click()
  const buttons = app.outbox.item('parked').getByRole('button')
  await expect(buttons.filter({ hasText: 'Discard' })).toBeVisible()
  await expect(buttons.filter({ hasText: 'Retry' })).toHaveCount(0)
  const form = app.page.getByRole('form', { name: 'Sign in again' })
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(app.outbox.region).toContainText('Nothing is waiting')
  await line.stop()
})
