import { expect, GROUP, test } from '../support/harbour.ts'

test('[F21] [F22] [F31] a long message is folded, marks stay in theirs, and copying gives plain text', async ({
  server,
  enter,
}) => {
  const { app, peer, group } = await enter(server.url)
  const { conversation, page } = app
  await peer.ask('send', { conversation: group, body: `top${'\n'.repeat(4_000)}bottom` })
  await peer.ask('send', { conversation: group, body: `a${'\u0301'.repeat(80)}` })
  await peer.ask('send', { conversation: group, body: 'plain words' })
  const long = conversation.message('top')
  await expect(long).not.toContainText('bottom')
  expect((await long.boundingBox())?.height).toBeLessThan(300)
  await long.getByRole('button', { name: 'Show more', exact: true }).click()
  await expect(long).toContainText('bottom')
  await long.getByRole('button', { name: 'Show less', exact: true }).click()
  await expect(long).not.toContainText('bottom')

  const words = conversation.message('plain words').getByText('plain words', { exact: true })
  await words.click({ clickCount: 3 })
  await page.keyboard.press('Control+c')
  await expect
    .poll(() => app.electron.evaluate(({ clipboard }) => clipboard.readText()))
    .toContain('plain words')
  expect(await app.electron.evaluate(({ clipboard }) => clipboard.has('text/html'))).toBe(false)
})

test('an open menu goes with its message, and what was being written stays to be copied after a removal', async ({
  server,
  enter,
}) => {
  const harbour = await enter(server.url)
  const { app, peer, group } = harbour
  await app.composer.send('soon gone')
  await app.conversation.expectArrived('soon gone')
  const message = app.conversation.message('soon gone')
  await message.hover()
  await message.getByRole('button', { name: 'Message actions' }).click()
  await expect(app.page.getByRole('menu')).toBeVisible()
  const sent = peer.received(group).find(({ body }) => body === 'soon gone')
  const other = await harbour.otherDevice()
  await other.ask('delete', { message: sent?.id ?? '' })
  await expect(app.page.getByRole('menu')).toHaveCount(0)
  await expect(app.conversation.message('Message deleted')).toBeFocused()

  await app.composer.box.fill('half a sentence')
  await peer.ask('member.remove', { conversation: group, user: other.user.id })
  await expect(app.page.getByText('You are no longer a member', { exact: true })).toBeVisible()
  await expect(app.page.getByLabel('Your unsent text')).toHaveValue('half a sentence')
  await app.page.getByRole('button', { name: 'Copy text', exact: true }).last().click()
  await expect
    .poll(() => app.electron.evaluate(({ clipboard }) => clipboard.readText()))
    .toBe('half a sentence')
  await expect(app.sidebar.conversation(GROUP)).toBeVisible()
})
