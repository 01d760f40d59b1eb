import { PASSWORD } from '../support/bootstrap.ts'
import type { FrameProxy, RequestFate } from '../support/frame-proxy.ts'
import { APP_USER, expect, GROUP, test } from '../support/harbour.ts'
import { endSession } from '../support/peer.ts'

/** Contract.md section 4: what has not arrived, by its names on screen. */

const OTHER_GROUP = 'Lighthouse'

test('[O5] [O9] the outbox: all conversations, oldest first, each with state, reason, Retry, Discard', async ({
  frameProxy,
  enter,
}) => {
  const { app, peer } = await enter(frameProxy.url)
  await peer.createGroup(OTHER_GROUP, [APP_USER])
  await expect(app.sidebar.conversation(OTHER_GROUP)).toBeVisible()
  frameProxy.refuse()
  await expect(app.connection.status).toHaveText(/^Offline, next try in \d+ s$/)
  await app.composer.send('the first')
  await app.sidebar.open(OTHER_GROUP)
  await app.composer.send('the second')
  await app.sidebar.open(GROUP)
  await app.composer.send('the third')
  await app.conversation.expectState('the first', 'queued')
  await expect(app.conversation.message('the first')).toContainText('Queued')

  await expect(app.outbox.button).toHaveAccessibleName('Outbox (3)')
  await app.outbox.button.click()
  const items = app.outbox.region.getByRole('listitem')
  await expect(items).toContainText(['the first', 'the second', 'the third'])
  await expect(items).toContainText([GROUP, OTHER_GROUP, GROUP])
  await expect(items).toContainText(['Queued', 'Queued', 'Queued'])
  const retry = items.getByRole('button', { name: 'Retry', exact: true })
  await expect(retry).toHaveCount(0)
  await expect(items.getByRole('button', { name: 'Discard', exact: true })).toHaveCount(3)

  frameProxy.restore()
  answerSends(frameProxy, { code: 'unavailable' })
  await app.connection.reconnect()
  await expect(app.conversation.message('the first')).toContainText(/Retry 1 of 5 in [12] s/)
  await expect(items.nth(1)).toContainText(/Retry [12] of 5 in \d+ s/)
  await expect(items.nth(1)).toContainText('The server is not available')
  await expect(retry).not.toHaveCount(0)
  frameProxy.restore()
  await app.outbox.retryAll.click()
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (0)')
  await expect(app.outbox.region).toContainText('Nothing is waiting')
})

test('[O9] a message that failed is edited and tried again in its place', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { app } = harbour
  answerSends(frameProxy, { code: 'invalid' })
  await app.composer.send('a frist try')
  const article = app.conversation.messages.first()
  await expect(article).toHaveAttribute('data-state', 'failed')
  await expect(article).toContainText('Failed')
  const key = (await article.getAttribute('data-message-key')) ?? ''
  frameProxy.restore()
  await article.getByRole('button', { name: 'Edit', exact: true }).click()
  await expect(app.composer.box).toHaveValue('a frist try')
  await app.composer.send('a second try')
  await app.conversation.expectState('a second try', 'sent')
  await expect(app.conversation.messages).toHaveAttribute('data-message-key', key)
  await harbour.expectAllOnce(['a second try'])
})

test('[O6] [O9] removed while offline: what was written says so by the name of the conversation', async ({
  frameProxy,
  enter,
}) => {
  const { app, peer, group } = await enter(frameProxy.url)
  const { conversation } = await peer.ask('conversation.get', { conversation: group })
  const ada = conversation.members.find(({ user }) => user !== peer.user.id)
  if (ada === undefined) throw new Error('Ada is not in the group')
  frameProxy.refuse()
  await expect(app.connection.status).not.toHaveText('Online')
  await app.composer.send('too late')
  await peer.ask('member.remove', { conversation: group, user: ada.user })
  frameProxy.restore()
  await app.connection.reconnect()
  const article = app.conversation.message('too late')
  await expect(article).toHaveAttribute('data-state', 'failed')
  await expect(article).toContainText('You are no longer a member of Harbour')
  await expect(article.getByRole('button', { name: 'Retry', exact: true })).toBeVisible()
  await article.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(app.conversation.messages).toHaveCount(0)
})

test('[O8] "Signed out": signing in happens in place, and keeps what waits and the draft', async ({
  server,
  frameProxy,
  enter,
}) => {
  const { app, peer, group } = await enter(frameProxy.url)
  await endSession(server.url, frameProxy.token)
  await expect(app.connection.status).toHaveText('Signed out')
  await app.composer.send('waits for me')
  await expect(app.conversation.message('waits for me')).toContainText('Waits until you sign in')
  await app.composer.box.fill('half a thou')

  const form = app.page.getByRole('form', { name: 'Sign in again' })
  await expect(form.getByLabel('Username', { exact: true })).toHaveValue(APP_USER)
  await form.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await form.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(app.connection.status).toHaveText('Online')
  await expect(form).toHaveCount(0)
  await app.conversation.expectState('waits for me', 'sent')
  await expect(app.composer.box).toHaveValue('half a thou')
  await expect.poll(() => peer.bodies(group)).toEqual(['waits for me'])
})

/** Answers every send in the server's place. */
function answerSends(line: FrameProxy, fate: RequestFate): void {
  line.rules = { request: ({ op }) => (op === 'send' ? fate : 'pass') }
}
