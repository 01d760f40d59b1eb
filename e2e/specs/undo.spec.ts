import { expect, test } from '../support/fixtures.ts'

test('[M4] Delete is shown at once, and Undo by the keyboard brings the message back', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const { composer, conversation, page } = app
  await composer.send('think twice')
  await conversation.expectState('think twice', 'sent')
  await conversation.messages.first().hover()
  await conversation.messages
    .first()
    .getByRole('button', { name: 'Message actions', exact: true })
    .click()
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).click()
  await expect(conversation.messages.first()).toContainText('Message deleted')
  const status = page.getByRole('status', { name: 'Message deleted', exact: true })
  await expect(status).toContainText('Message deleted')
  await status.getByRole('button', { name: 'Undo', exact: true }).press('Enter')
  await expect(conversation.messages.first()).toContainText('think twice')
  await expect(status).toHaveCount(0)
})
