import { expect, test } from '../support/fixtures.ts'
import { Peer } from '../support/peer.ts'

test('people of one name are told apart by their usernames, in the log, the list, the header and a search', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.signUp('ada', server.url)
  const join = (username: string, displayName: string) =>
    Peer.connect({ serverUrl: server.url, username, displayName, account: 'new' })
  const real = await join('alicereal', 'Alice')
  const second = await join('alice2', 'Alice')
  const group = await real.createGroup('Harbour', ['ada', 'alice2'])
  await real.ask('send', { conversation: group, body: 'from the real one' })
  await second.ask('send', { conversation: group, body: 'from the other one' })
  const direct = async (peer: Peer) => {
    const { users } = await peer.ask('users.find', { query: 'ada' })
    const { conversation } = await peer.ask('conversation.create', {
      kind: 'direct',
      members: users.map((user) => user.id),
    })
    await peer.ask('send', { conversation: conversation.id, body: 'hello' })
  }
  await direct(real)
  await direct(second)

  await app.sidebar.open('Harbour')
  const { log } = app.conversation
  await expect(app.conversation.message('from the real one')).toContainText('Alice @alicereal')
  await expect(app.conversation.message('from the other one')).toContainText('Alice @alice2')
  const colours = await log
    .locator('article .avatar')
    .evaluateAll((all) => all.map((avatar) => getComputedStyle(avatar).backgroundColor))
  expect(new Set(colours).size).toBe(2)

  await app.sidebar.open('Alice @alicereal')
  await expect(app.conversation.main.getByText('@alicereal, active now')).toBeVisible()
  await expect(app.sidebar.conversation('Alice @alice2')).toBeVisible()
  await app.sidebar.search.fill('other one')
  await expect(app.sidebar.searchResults).toContainText('@alice2')
  real.close()
  second.close()
})

test('a name turns nothing around that is not its own', async ({ world }) => {
  const server = await world.startServer()
  const app = await world.signUp('ada', server.url)
  const ahmad = await Peer.connect({
    serverUrl: server.url,
    username: 'ahmad',
    displayName: '\u0623\u062d\u0645\u062f',
    account: 'new',
  })
  const title = `With ${ahmad.user.username}`
  const group = await ahmad.createGroup(title, ['ada'])
  await ahmad.ask('send', { conversation: group, body: 'pay 100 to account 12345' })
  const item = app.sidebar.conversation(title)
  await expect(item).toContainText('pay 100 to account 12345')
  // Painted from its beginning, from left to right, behind the name.
  const preview = item.getByText('pay 100 to account 12345')
  const order = await preview.evaluate((element) => {
    const range = document.createRange()
    const text = element.firstChild
    if (text === null) return []
    return [0, 4].map((at) => {
      range.setStart(text, at)
      range.setEnd(text, at + 1)
      return range.getBoundingClientRect().left
    })
  })
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  const box = await preview.boundingBox()
  const list = await item.boundingBox()
  expect(box?.x ?? 0).toBeGreaterThan(list?.x ?? 0)
  ahmad.close()
})
