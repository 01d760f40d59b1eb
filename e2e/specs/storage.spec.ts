import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { FerryApp } from '../support/ferry-app.ts'
import { APP_USER, expect, test } from '../support/harbour.ts'
import { obeyingRights } from '../support/obeying-rights.ts'
import { SmallDisk } from '../support/small-disk.ts'

test('[O9] a damaged database is said, offered for export, and not written to', async ({
  world,
}) => {
  const file = join(world.profileDir('ann'), 'ferry.db')
  const first = await world.launch('ann')
  await first.startOnThisComputer('Ann')
  await first.composer.send('in good times')
  await first.conversation.expectState('in good times', 'sent')
  await first.quit()
  const damaged = readFileSync(file).fill('?', 0, 100)
  writeFileSync(file, damaged)

  const app = await world.launch('ann')
  await expect(
    app.page.getByRole('heading', { name: 'The data on this computer is damaged' }),
  ).toBeVisible()
  await expect(app.page.getByText(file)).toBeVisible()
  const target = join(world.folder, 'saved.jsonl')
  const answerWith = (filePath: string) => chooseFile(app, filePath)
  const save = app.page.getByRole('button', { name: 'Save what can be read…' })

  await answerWith(join(world.folder, 'no-such-folder', 'saved.jsonl'))
  await save.click()
  await expect(app.page.getByText('Not saved. The file cannot be written there.')).toBeVisible()
  await answerWith('')
  await save.click()
  await expect(app.page.getByText('Not saved.')).toHaveCount(0)
  await answerWith(target)
  await save.click()
  await expect(app.page.getByText(`Saved as ${target}`)).toBeVisible()
  readFileSync(target)
  await app.quit()
  expect(readFileSync(file).equals(damaged)).toBe(true)
})

test('a database of a newer program is said, and not touched', async ({ world }) => {
  const file = join(world.profileDir('ann'), 'ferry.db')
  const first = await world.launch('ann')
  await first.startOnThisComputer('Ann')
  await first.quit()
  const database = new Database(file)
  database.pragma('user_version = 9999')
  database.close()

  const app = await world.launch('ann')
  await expect(
    app.page.getByRole('heading', { name: 'This profile belongs to a newer Ferry' }),
  ).toBeVisible()
  await app.quit()
  const after = new Database(file, { readonly: true })
  expect(after.pragma('user_version', { simple: true })).toBe(9999)
  after.close()
})

const FULL = 'The disk is full'
const READ_ONLY = 'The profile cannot be written to'

test('[O1] a full disk is said, what was being written stays, and all goes on when there is room', async ({
  world,
  server,
  enter,
}) => {
  const disk = await SmallDisk.mount(world.profileDir(APP_USER))
  try {
    const harbour = await enter(server.url)
    const { app, peer, group } = harbour
    await app.composer.send('in good times')
    await harbour.expectAllOnce(['in good times'])
    disk.fill()
    await app.composer.box.fill('no room for this')
    await app.composer.box.press('Enter')
    await expect(app.page.getByRole('heading', { name: FULL })).toBeVisible()
    await expect(app.page.getByText('no room for this')).toBeVisible()
    await peer.ask('send', { conversation: group, body: 'meanwhile' })
    expect(await peer.stored(group)).toEqual(['in good times', 'meanwhile'])
    disk.clear()
    await expect(app.composer.box).toHaveValue('no room for this')
    await expect(app.conversation.message('meanwhile')).toBeVisible()
    await app.composer.box.press('Enter')
    await harbour.expectAllOnce(['in good times', 'meanwhile', 'no room for this'])
    await app.quit()
  } finally {
    await disk.unmount()
  }
})

test('[O1] a start on a full disk says so, and goes on with what waits when there is room', async ({
  world,
  server,
  enter,
}) => {
  const disk = await SmallDisk.mount(world.profileDir(APP_USER))
  try {
    const line = await world.startProxy(server)
    const harbour = await enter(line.url)
    line.cut()
    const bodies = ['written before', 'and this']
    await harbour.send(bodies)
    // A killed app leaves a log in which there may be room for more; this one leaves none.
    await harbour.app.quit()
    await harbour.app.ended()
    disk.fill()
    harbour.app = await world.launch(APP_USER, { serverUrl: line.url })
    await expect(harbour.app.page.getByRole('heading', { name: FULL })).toBeVisible()
    line.restore()
    disk.clear()
    await harbour.app.sidebar.open('Harbour')
    await harbour.goOnline()
    await harbour.expectAllOnce(bodies)
    await harbour.app.quit()
  } finally {
    await disk.unmount()
  }
})

for (const { what, isFolder } of [
  { what: 'database', isFolder: false },
  { what: 'folder', isFolder: true },
]) {
  test(`[O9] a ${what} that cannot be written is said, offered for export, and left as it is`, async ({
    world,
    server,
    enter,
    electron,
  }) => {
    const line = await world.startProxy(server)
    const harbour = await enter(line.url)
    await harbour.send(['sent before'])
    await harbour.expectAllOnce(['sent before'])
    line.cut()
    await harbour.send(['still waiting'])
    await harbour.app.kill()
    const folder = world.profileDir(APP_USER)
    const files = ['ferry.db', 'ferry.db-wal'].map((name) => join(folder, name))
    const before = files.map((file) => readFileSync(file))
    for (const file of files) chmodSync(file, 0o400)
    if (isFolder) chmodSync(folder, 0o500)
    try {
      const app = await world.launch(APP_USER, {
        serverUrl: line.url,
        electron: obeyingRights(electron, world.folder),
      })
      await expect(app.page.getByRole('heading', { name: READ_ONLY })).toBeVisible()
      const target = join(world.folder, 'saved.jsonl')
      await chooseFile(app, target)
      await app.page.getByRole('button', { name: 'Save what can be read…' }).click()
      await expect(app.page.getByText(`Saved as ${target}`)).toBeVisible()
      const saved = readFileSync(target, 'utf8')
      for (const body of ['sent before', 'still waiting']) expect(saved).toContain(body)
      expect(files.map((file, index) => before[index]?.equals(readFileSync(file)))).toEqual([
        true,
        true,
      ])
      harbour.app = app
    } finally {
      chmodSync(folder, 0o700)
      for (const file of files) chmodSync(file, 0o600)
    }
    line.restore()
    // Without its lock, the app leaves the folder alone until it is started again.
    if (isFolder) {
      await harbour.app.quit()
      await harbour.restart()
    } else await harbour.app.sidebar.open('Harbour')
    await harbour.goOnline()
    await harbour.expectAllOnce(['sent before', 'still waiting'])
  })
}

/** Stands in for the system's dialog, which cannot be seen from outside; an empty name is Cancel. */
async function chooseFile(app: FerryApp, filePath: string): Promise<void> {
  await app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: chosen === '', filePath: chosen })
  }, filePath)
}
