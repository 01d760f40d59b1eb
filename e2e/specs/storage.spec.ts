import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from '../support/fixtures.ts'

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
  const answerWith = (filePath: string) =>
    app.electron.evaluate(({ dialog }, chosen) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: chosen === '', filePath: chosen })
    }, filePath)
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
