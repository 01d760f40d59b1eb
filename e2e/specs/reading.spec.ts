import type { Locator } from 'playwright/test'
import { expect, numbered, test } from '../support/harbour.ts'

/** More than fit on a screen several times over. */
const MESSAGES = 120

test('who reads further up is left there by new messages, and told how many wait below', async ({
  server,
  enter,
}) => {
  const { app, peer, group } = await enter(server.url)
  const { conversation, page, sidebar } = app
  const bodies = numbered('earlier', MESSAGES)
  for (const body of bodies) await peer.ask('send', { conversation: group, body })
  await expect(conversation.message(bodies.at(-1) ?? '')).toBeInViewport()
  await expect(sidebar.conversation('Harbour')).not.toHaveAccessibleDescription(/unread/)

  await conversation.log.hover()
  await page.mouse.wheel(0, -1_500)
  await expect(page.getByRole('button', { name: 'Newest messages', exact: true })).toBeVisible()
  const [reading] = await conversation.inView()
  const article = conversation.log.locator(`[data-message-key="${reading?.key}"]`)
  const before = await topOf(article)
  for (const body of numbered('later', 3)) {
    await peer.ask('send', { conversation: group, body })
  }
  const wayDown = page.getByRole('button', { name: '3 new messages', exact: true })
  await expect(wayDown).toBeVisible()
  await expect(sidebar.conversation('Harbour')).toHaveAccessibleDescription(/^3 unread messages/)
  expect(Math.abs((await topOf(article)) - before)).toBeLessThanOrEqual(1)

  await wayDown.click()
  await expect(conversation.message('later 003')).toBeInViewport()
  await expect(wayDown).toHaveCount(0)
  await expect(sidebar.conversation('Harbour')).not.toHaveAccessibleDescription(/unread/)
})

test('every conversation keeps its own draft, over a restart too', async ({ server, enter }) => {
  const harbour = await enter(server.url)
  const { app, peer } = harbour
  await peer.createGroup('Lighthouse', ['ada'])
  await app.composer.box.fill('for the harbour')
  await app.sidebar.open('Lighthouse')
  await expect(app.composer.box).toHaveValue('')
  await app.composer.box.fill('for the lighthouse')
  await app.sidebar.open('Harbour')
  await expect(app.composer.box).toHaveValue('for the harbour')
  await expect(app.sidebar.conversation('Lighthouse')).toContainText('Draft: for the lighthouse')
  await app.quit()
  await harbour.restart()
  await expect(harbour.app.composer.box).toHaveValue('for the harbour')
  await harbour.app.sidebar.open('Lighthouse')
  await expect(harbour.app.composer.box).toHaveValue('for the lighthouse')
})

/** Where an element stands on the screen, in px from the top. */
const topOf = (element: Locator): Promise<number> =>
  element.evaluate((node) => node.getBoundingClientRect().top)
