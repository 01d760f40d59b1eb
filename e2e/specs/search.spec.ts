import { PASSWORD } from '../support/bootstrap.ts'
import { expect, test } from '../support/fixtures.ts'
import { Peer } from '../support/peer.ts'

const MESSAGES = 300

test('[F9] a new device says how far back it searched, and finds the first of 300 on demand', async ({
  world,
}) => {
  const server = await world.startServer({ flags: ['--rate-limit', '0'] })
  const ada = await Peer.connect({ serverUrl: server.url, username: 'ada', account: 'new' })
  const bob = await Peer.connect({ serverUrl: server.url, username: 'bob', account: 'new' })
  const conversation = await bob.createGroup('Harbour', ['ada'])
  let last = 0
  for (let i = 0; i < MESSAGES; i += 1) {
    const body = i === 0 ? 'the very treasure' : `word ${i}`
    last = (await bob.ask('send', { conversation, body })).message.seq
  }
  // What was read elsewhere is not fetched to be shown.
  await ada.ask('read', { conversation, seq: last })
  ada.close()
  const app = await world.launch('ada', { serverUrl: server.url })
  await app.welcome.signIn({ username: 'ada', password: PASSWORD })
  await expect(app.connection.status).toHaveText('Online')
  const { search, searchResults } = app.sidebar
  const options = searchResults.getByRole('option')
  await search.fill('treasure')
  const older = app.page.getByRole('button', { name: 'Search older messages', exact: true })
  await expect(older).toBeVisible()
  await expect(app.page.getByText('No messages found')).toHaveCount(0)
  await expect(app.page.getByText(/^Searched back to /)).toBeVisible()
  await older.click()
  await expect(options).toHaveCount(1)
  await expect(app.page.getByText('All messages are searched, back to the first')).toBeVisible()
  await search.press('Enter')
  await expect(app.conversation.message('the very treasure')).toBeInViewport()
  bob.close()
})

test('[F10] [F11] [S9] words, signs, phrases, filters, and more than are shown', async ({
  world,
}) => {
  const server = await world.startServer({ flags: ['--rate-limit', '0'] })
  const app = await world.signUp('ada', server.url)
  const bob = await Peer.connect({ serverUrl: server.url, username: 'bob', account: 'new' })
  const conversation = await bob.createGroup('Harbour', ['ada'])
  const bodies = [
    'バーベキューのサラダ',
    'サーバー is down???',
    'I like C++ at 10:30 🎉',
    '30 cows and 10 goats',
    'phrase is exact',
    'an exact phrase',
    'see https://example.org/x',
    ...Array.from({ length: 60 }, (_, i) => `common ${i}`),
  ]
  for (const body of bodies) await bob.ask('send', { conversation, body })
  await expect(app.sidebar.conversation('Harbour')).toBeVisible()
  const { search, searchResults } = app.sidebar
  const options = searchResults.getByRole('option')
  const summary = app.page.locator('.search__summary')
  const finds = async (query: string, texts: readonly string[]) => {
    await search.fill(query)
    await expect(options).toContainText([...texts])
    await expect(options).toHaveCount(texts.length)
  }
  await finds('common 59', ['common 59'])
  await finds('サーバー', ['サーバー is down???'])
  await finds('???', ['サーバー is down???'])
  await finds('🎉', ['I like C++'])
  await finds('C++', ['I like C++'])
  await finds('10:30', ['I like C++'])
  await finds('"exact phrase"', ['an exact phrase'])
  await finds('has:link from:bob', ['see https://example.org/x'])
  await finds('in:harbour cows', ['30 cows and 10 goats'])
  await finds('cows from:me', [])
  await expect(summary).toHaveText('No messages found')
  await finds('cows from:eve', [])
  await expect(summary).toHaveText('Nobody here is called “eve”')
  await search.fill('common')
  await expect(summary).toHaveText('50+ messages found, the newest 50 are shown')
  bob.close()
})

test('[F24] conversations and people stand beside the messages, and lead to them', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.signUp('ada', server.url)
  const bob = await Peer.connect({ serverUrl: server.url, username: 'bob', account: 'new' })
  await bob.createGroup('Übersee 山田', ['ada'])
  await expect(app.sidebar.conversation('Übersee 山田')).toBeVisible()
  const { search, searchResults } = app.sidebar
  const conversations = searchResults.getByRole('group', { name: 'Conversations' })
  const people = searchResults.getByRole('group', { name: 'People' })
  await search.fill('ubersee')
  await expect(conversations.getByRole('option')).toHaveText(/Übersee/)
  await search.press('Enter')
  await expect(app.conversation.heading).toHaveText('Übersee 山田')
  await expect(app.composer.box).toBeFocused()
  await search.fill('bob')
  await expect(people.getByRole('option')).toContainText('@bob')
  await people.getByRole('option').click()
  await expect(app.conversation.heading).toHaveText('bob')
  bob.close()
})
