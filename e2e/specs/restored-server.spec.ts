import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, GROUP, numbered, test } from '../support/harbour.ts'

test('[S4] [O9] a server that comes back from a backup: said, resynced, and nothing of one’s own is dropped', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const { app } = harbour
  const { port } = server
  const data = join(world.folder, 'server')
  const backup = join(world.folder, 'backup')
  const kept = numbered('kept', 3)
  await harbour.send(kept)
  await harbour.expectAllOnce(kept)

  await server.stop()
  cpSync(data, backup, { recursive: true })
  const second = await world.startServer({ port })
  await harbour.goOnline()
  const bo = await harbour.peerAgain()
  await bo.ask('send', { conversation: harbour.group, body: 'of Bo, and lost' })
  await expect(app.conversation.message('of Bo, and lost')).toBeVisible()
  const lost = numbered('lost', 2)
  await harbour.send(lost)
  for (const body of lost) await app.conversation.expectState(body, 'sent')
  line.cut()
  await expect(app.connection.status).not.toHaveText('Online')
  await harbour.send(['still waiting'])

  await second.stop()
  rmSync(data, { recursive: true })
  cpSync(backup, data, { recursive: true })
  await world.startServer({ port })
  line.restore()
  await harbour.goOnline()
  const notice = app.page.getByRole('alert').filter({ hasText: 'older data' })
  await expect(notice).toContainText(GROUP)
  for (const body of lost) await app.conversation.expectState(body, 'failed')
  await app.conversation.expectState('still waiting', 'sent')
  await expect(app.conversation.message('of Bo, and lost')).toHaveCount(0)
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (2)')

  await app.kill()
  await harbour.restart()
  for (const body of lost) await harbour.app.conversation.expectState(body, 'failed')
  const peer = await harbour.peerAgain()
  await harbour.app.outbox.button.click()
  await harbour.app.outbox.retryAll.click()
  await harbour.expectAllOnce([...kept, 'still waiting', ...lost], { peer })
})
