import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bootstrap } from '../support/bootstrap.ts'
import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'

const DAMAGED = 'The data on this computer is damaged'

/** Ann's app with a server of its own, in which she wrote something. */
async function atHome(world: Bootstrap, body: string): Promise<FerryApp> {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  await app.composer.send(body)
  await app.conversation.expectState(body, 'sent')
  return app
}

async function startAnew(app: FerryApp): Promise<void> {
  await app.page.getByRole('button', { name: 'Set aside and start anew' }).click()
  const dialog = app.page.getByRole('dialog', { name: 'Set aside and start anew?' })
  await expect(dialog.getByText('Nothing is deleted')).toBeVisible()
  await dialog.getByRole('button', { name: 'Set aside' }).click()
}

test('[F8] an empty database beside its log is told as damaged, nothing is touched, and nobody is welcomed', async ({
  world,
}) => {
  const first = await atHome(world, 'in the log')
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

for (const { how, damage } of [
  { how: 'empty', damage: (file: string) => truncateSync(file, 0) },
  { how: 'gone', damage: (file: string) => rmSync(file) },
]) {
  test(`[F20] the data of the server on this computer are ${how}: the account is made again, own messages come back`, async ({
    world,
  }) => {
    const first = await atHome(world, 'written before')
    // In good order: its server must not live on and write after the damage.
    await first.quit()
    damage(join(first.profileDir, 'server', 'server.db'))

    const app = await world.launch('ann')
    await expect(app.connection.status).toHaveText('Online')
    await app.conversation.expectState('written before', 'failed')
    await expect(app.page.getByText('You are signed out')).toHaveCount(0)
    await app.composer.send('written after')
    await app.conversation.expectState('written after', 'sent')
  })
}

test('[F20] damaged data of the server on this computer: said in words, what is written waits, and there is a way on', async ({
  world,
}) => {
  const first = await atHome(world, 'written before')
  await first.quit()
  const file = join(first.profileDir, 'server', 'server.db')
  const damaged = Buffer.alloc(readFileSync(file).length)
  writeFileSync(file, damaged)

  const app = await world.launch('ann')
  await expect(
    app.page.getByText('The data of the server on this computer is damaged'),
  ).toBeVisible()
  await expect(app.page.getByText(file)).toBeVisible()
  await app.composer.send('written meanwhile')
  await app.conversation.expectState('written meanwhile', 'queued')
  expect(readFileSync(file).equals(damaged)).toBe(true)
  await startAnew(app)
  await expect(app.connection.status).toHaveText('Online')
  await app.conversation.expectState('written before', 'failed')
  const [folder = ''] = readdirSync(join(first.profileDir, 'server', 'set-aside'))
  const aside = join(first.profileDir, 'server', 'set-aside', folder, 'server.db')
  expect(readFileSync(aside).equals(damaged)).toBe(true)
})
