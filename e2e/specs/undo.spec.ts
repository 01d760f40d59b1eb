import type { Page } from 'playwright/test'
import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'
import { test as withLine } from '../support/harbour.ts'

/** The way back from Delete and Discard, for 5 s [M4]. */

async function remove({ conversation, page }: FerryApp, text: string): Promise<void> {
  const message = conversation.message(text)
  await message.hover()
  await message.getByRole('button', { name: 'Message actions', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).click()
}

const undoOf = (page: Page, name: string) =>
  page.getByRole('status', { name, exact: true }).getByRole('button', { name: 'Undo', exact: true })

test('[M4] Delete is shown at once, and Undo by the keyboard brings the message back', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const { composer, conversation, page } = app
  await composer.send('think twice')
  await conversation.expectState('think twice', 'sent')
  await remove(app, 'think twice')
  await expect(conversation.messages.first()).toContainText('Message deleted')
  const status = page.getByRole('status', { name: 'Message deleted', exact: true })
  await expect(status).toContainText('Message deleted')
  await composer.box.focus()
  await expect(async () => {
    await page.keyboard.press('Tab')
    await expect(undoOf(page, 'Message deleted')).toBeFocused({ timeout: 100 })
  }).toPass({ timeout: 3_000 })
  await page.keyboard.press('Enter')
  await expect(conversation.messages.first()).toContainText('think twice')
  await expect(status).toHaveCount(0)
  await expect(composer.box).toBeFocused()
})

test('[M4] of two deletions each is taken back by itself, and the box to write in stays free', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const { composer, conversation, page } = app
  for (const text of ['the first', 'the second']) {
    await composer.send(text)
    await conversation.expectState(text, 'sent')
  }
  await composer.box.fill('a text\nof\nmany\nlines\nthat\nis\nhigh')
  await remove(app, 'the first')
  await remove(app, 'the second')
  const undo = undoOf(page, 'Message deleted')
  await expect(undo).toHaveCount(2)
  const [box, bar] = [await composer.box.boundingBox(), await undo.last().boundingBox()]
  await undo.first().click()
  await expect(conversation.message('the first')).toBeVisible()
  await expect(undo).toHaveCount(1)
  await undo.click()
  await expect(conversation.message('the second')).toBeVisible()
  expect((bar?.y ?? 0) + (bar?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0)
})

withLine(
  '[M4] [O9] Undo of Discard brings back what failed, with its reason',
  async ({ frameProxy, enter }) => {
    const { app } = await enter(frameProxy.url)
    const { composer, conversation, page } = app
    frameProxy.rules = { request: ({ op }) => (op === 'send' ? { code: 'forbidden' } : 'pass') }
    await composer.send('refused')
    await conversation.expectState('refused', 'failed')
    const article = conversation.message('refused')
    await article.getByRole('button', { name: 'Discard', exact: true }).click()
    await expect(article).toHaveCount(0)
    await undoOf(page, 'Discarded').click()
    await conversation.expectState('refused', 'failed')
    await expect(article).toContainText('no longer a member')
  },
)
