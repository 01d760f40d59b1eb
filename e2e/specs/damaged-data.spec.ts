import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'

const DAMAGED = 'The data on this computer is damaged'

async function startAnew(app: FerryApp): Promise<void> {
  await app.page.getByRole('button', { name: 'Set aside and start anew' }).click()
  const dialog = app.page.getByRole('dialog', { name: 'Set aside and start anew?' })
  await expect(dialog.getByText('Nothing is deleted')).toBeVisible()
  await dialog.getByRole('button', { name: 'Set aside' }).click()
}

test('[F8] an empty database beside its log is told as damaged, nothing is touched, and nobody is welcomed', async ({
  world,
}) => {
  const first = await world.launch('ann')
  await first.startOnThisComputer('Ann')
  await first.composer.send('in the log')
  await first.conversation.expectState('in the log', 'sent')
  await first.kill()
  const file = join(first.profileDir, 'ferry.db')
  truncateSync(file, 0)
  const log = readFileSync(`${file}-wal`)

  const app = await world.launch('ann')
  await expect(app.page.getByRole('heading', { name: DAMAGED })).toBeVisible()
  await expect(app.welcome.heading).toHaveCount(0)
  await app.quit()
  expect(readFileSync(file)).toHaveLength(0)
  expect(readFileSync(`${file}-wal`).equals(log)).toBe(true)
})

test('[F19] a database filled with NUL is set aside at a button, and the app starts anew', async ({
  world,
}) => {
  const first = await world.launch('ann')
  await first.startOnThisComputer('Ann')
  await first.quit()
  const file = join(first.profileDir, 'ferry.db')
  const damaged = Buffer.alloc(readFileSync(file).length)
  writeFileSync(file, damaged)

  const app = await world.launch('ann')
  await expect(app.page.getByRole('heading', { name: DAMAGED })).toBeVisible()
  await startAnew(app)
  await expect(app.welcome.heading).toBeVisible()
  const [folder = ''] = readdirSync(join(first.profileDir, 'set-aside'))
  const aside = join(first.profileDir, 'set-aside', folder, 'ferry.db')
  expect(readFileSync(aside).equals(damaged)).toBe(true)
  await app.startOnThisComputer('Ann')
  await app.composer.send('anew')
  await app.conversation.expectState('anew', 'sent')
  expect(existsSync(aside)).toBe(true)
})
