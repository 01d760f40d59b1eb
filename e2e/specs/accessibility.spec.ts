import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { FrameProxy } from '../support/frame-proxy.ts'
import { expect, test } from '../support/harbour.ts'
import { endSession } from '../support/peer.ts'

/** What axe has to say about the screen as it is, in the light and in the dark look: nothing. */
async function expectClean(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Electron cannot open the page of its own in which axe would collect what frames have to say; there are none.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    const found = violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
    }))
    expect(found, `${colorScheme} look`).toEqual([])
  }
}

test('Welcome, both forms', async ({ world }) => {
  const app = await world.launch('ann')
  await expect(app.welcome.heading).toBeVisible()
  await expectClean(app.page)
  await app.welcome.joinServer.click()
  await expect(app.welcome.serverAddress).toBeVisible()
  await expectClean(app.page)
})

test('a conversation with all that can stand in it, menus, dialogs, search, outbox', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  await expectClean(app.page)
  await app.composer.send('a message')
  await app.conversation.expectState('a message', 'sent')
  await app.composer.send('another one, to be deleted')
  await app.conversation.expectState('another one', 'sent')
  await app.conversation.message('another one').hover()
  await app.conversation
    .message('another one')
    .getByRole('button', { name: 'Message actions' })
    .click()
  await expect(app.page.getByRole('menu')).toBeVisible()
  await expectClean(app.page)
  await app.page.getByRole('menuitem', { name: 'Delete', exact: true }).click()
  await expect(app.conversation.messages.last()).toContainText('Message deleted')
  await expectClean(app.page)

  await app.sidebar.newConversation.click()
  await expect(app.sidebar.dialog).toBeVisible()
  await expectClean(app.page)
  await app.page.keyboard.press('Escape')
  await expect(app.sidebar.dialog).toHaveCount(0)

  await app.page.keyboard.press('ControlOrMeta+k')
  await app.sidebar.search.pressSequentially('message')
  await expect(app.sidebar.searchResults.getByRole('option')).toHaveCount(1)
  await expectClean(app.page)
  await app.page.keyboard.press('Escape')

  await app.outbox.button.click()
  await expect(app.outbox.region).toBeVisible()
  await expectClean(app.page)
})

test('what failed, what waits for a retry, the members of a group, a narrow window', async ({
  frameProxy,
  enter,
}) => {
  const { app } = await enter(frameProxy.url)
  frameProxy.rules = {
    request: ({ op, body }) =>
      op === 'send' ? { code: body === 'fails' ? 'invalid' : 'unavailable' } : 'pass',
  }
  await app.composer.send('fails')
  await app.conversation.expectState('fails', 'failed')
  await app.composer.send('waits')
  await expect(app.conversation.message('waits')).toContainText(/Retry \d of 5/)
  await app.outbox.button.click()
  await expect(app.outbox.item('fails')).toBeVisible()
  await expectClean(app.page)
  await app.outbox.button.click()
  await expect(app.outbox.region).toHaveCount(0)

  await app.page.getByRole('button', { name: 'Members', exact: true }).click()
  await expect(app.page.getByRole('dialog')).toBeVisible()
  await expectClean(app.page)
  await app.page.keyboard.press('Escape')
  await expect(app.page.getByRole('dialog')).toHaveCount(0)

  // A window of 600 x 700 at 200 %.
  await app.electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows()
    window?.setSize(600, 700)
    window?.webContents.setZoomFactor(2)
  })
  await expect.poll(() => app.page.evaluate(() => window.innerWidth)).toBeLessThan(400)
  await expect(app.composer.box).toBeInViewport({ ratio: 1 })
  await expect(app.composer.sendButton).toBeInViewport({ ratio: 1 })
  await expect(app.outbox.button).toBeInViewport({ ratio: 1 })
  await expect(app.connection.status).toBeInViewport({ ratio: 1 })
  await expectClean(app.page)
})

test('offline with messages that wait, and signed out', async ({ world }) => {
  const server = await world.startServer()
  const line = await FrameProxy.start(server.url)
  const app = await world.signUp('alice', line.url)
  await app.sidebar.create([], 'Notes')
  line.refuse()
  await expect(app.connection.status).toHaveText(/^Offline/)
  await app.composer.send('waits')
  await app.conversation.expectState('waits', 'queued')
  await app.outbox.button.click()
  await expect(app.outbox.item('waits')).toBeVisible()
  await expectClean(app.page)

  line.restore()
  await app.connection.reconnect()
  await expect(app.connection.status).toHaveText('Online')
  await endSession(server.url, line.token)
  await expect(app.connection.status).toHaveText('Signed out')
  await expectClean(app.page)
  await line.stop()
})
