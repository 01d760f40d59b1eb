import { expect, test } from '../support/fixtures.ts'
import { Peer } from '../support/peer.ts'

test('[F24] people are found by any word of their names: for a conversation, as members, in the search', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.signUp('ada', server.url)
  const people = [
    ['lk', 'László Kovács'],
    ['am', 'Anna Müller'],
    ['yamada', '山田太郎'],
  ] as const
  for (const [username, displayName] of people) {
    const account = { username, displayName, account: 'new' } as const
    const peer = await Peer.connect({ serverUrl: server.url, ...account })
    peer.close()
  }
  const { dialog, newConversation, searchResults, search } = app.sidebar

  await newConversation.click()
  const field = dialog.getByLabel('People', { exact: true })
  await field.fill('kov')
  await expect(dialog.getByRole('option', { name: 'László Kovács @lk' })).toBeVisible()
  await field.fill('kovacs')
  await field.press('Enter')
  await expect(dialog.getByRole('button', { name: 'Remove lk' })).toBeVisible()
  await dialog.getByLabel('Title', { exact: true }).fill('Choir')
  await dialog.getByRole('button', { name: 'Create', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })

  await app.conversation.main.getByRole('button', { name: 'Members' }).click()
  await dialog.getByLabel('Add someone').fill('太郎')
  await dialog.getByRole('option', { name: '山田太郎 @yamada' }).click()
  await expect(dialog.getByRole('listitem').filter({ hasText: '@yamada' })).toBeVisible()
  await app.page.keyboard.press('Escape')

  await search.fill('muller')
  await expect(searchResults.getByRole('option', { name: /Anna Müller/ })).toBeVisible()
})
