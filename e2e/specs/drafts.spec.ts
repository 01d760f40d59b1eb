import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'
import { ProfileDatabase } from '../support/profile-database.ts'

test('[O1] a reply and an edit that are being written come back after a kill, with what they are about', async ({
  world,
}) => {
  const first = await world.launch('ann')
  await first.startOnThisComputer('Ann')
  await first.composer.send('ping')
  await first.conversation.expectState('ping', 'sent')
  await chooseAction(first, 'ping', 'Reply')
  await first.composer.box.fill('half an answer')
  const kept = new ProfileDatabase(first.profileDir)
  await expect.poll(() => kept.hasDraft('half an answer')).toBe(true)
  await first.kill()

  const second = await world.launch('ann')
  await expect(second.composer.box).toHaveValue('half an answer')
  await expect(second.page.getByText('Replying to Ann')).toBeVisible()
  await second.composer.box.press('Enter')
  const quote = second.conversation.message('half an answer').getByText('ping')
  await expect(quote).toBeVisible()

  await chooseAction(second, 'half an answer', 'Edit')
  await second.composer.box.fill('a whole answer')
  await expect.poll(() => kept.hasEdit('a whole answer')).toBe(true)
  await second.kill()

  const third = await world.launch('ann')
  await expect(third.composer.box).toHaveValue('a whole answer')
  await expect(third.page.getByText('Editing your message')).toBeVisible()
  await third.composer.box.press('Enter')
  await expect(third.conversation.message('a whole answer')).toBeVisible()
  await expect(third.conversation.message('half an answer')).toHaveCount(0)
})

async function chooseAction(app: FerryApp, text: string, action: string): Promise<void> {
  const message = app.conversation.message(text)
  await message.hover()
  await message.getByRole('button', { name: 'Message actions' }).click()
  await app.page.getByRole('menuitem', { name: action, exact: true }).click()
}
