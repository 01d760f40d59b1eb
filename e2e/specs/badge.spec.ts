import type { FerryApp } from '../support/ferry-app.ts'
import { APP_USER, expect, test } from '../support/harbour.ts'

test('the badge counts what is unread and what failed, over all conversations', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { app, peer, group } = harbour
  const badge = await watchBadge(app)
  const other = await peer.createGroup('Lighthouse', [APP_USER])
  await app.sidebar.open('Lighthouse')
  for (const body of ['one', 'two']) await peer.ask('send', { conversation: group, body })
  await expect.poll(badge).toBe(2)
  frameProxy.rules = {
    request: ({ op, conversation }) =>
      op === 'send' && conversation === other ? { code: 'forbidden' } : 'pass',
  }
  await app.composer.send('refused')
  await app.conversation.expectState('refused', 'failed')
  await expect.poll(badge).toBe(3)
  await app.sidebar.open('Harbour')
  await expect.poll(badge).toBe(1)
  await app.outbox.button.click()
  await app.outbox.item('refused').getByRole('button', { name: 'Discard', exact: true }).click()
  await expect.poll(badge).toBe(0)
})

/** What the system is told to show from now on; a dock cannot be seen from outside, so Electron's is stood in for. */
async function watchBadge(app: FerryApp): Promise<() => Promise<number | undefined>> {
  const shown = await app.electron.evaluateHandle(({ app: electronApp }) => {
    const counts: number[] = []
    electronApp.setBadgeCount = (count = 0) => {
      counts.push(count)
      return true
    }
    return counts
  })
  return () => shown.evaluate((counts) => counts.at(-1))
}
