import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { Peer } from '../support/peer.ts'
import { PROJECT_FOLDER } from '../support/project.ts'

const TITLE = 'Harbour'

/** What is said in the picture: who, and what. */
const TALK = [
  ['mira', 'The ferry leaves at eight, not nine. Who tells the others?'],
  ['jonas', 'I do. Half of them are on the train without a line though.'],
  ['alice', 'They will get it when they are back, in order. That is the point of the thing.'],
  ['mira', 'And if my laptop dies while I write?'],
  ['alice', 'Then it is sent when it lives again.'],
] as const

/** Somebody has read all that is there. */
async function readAll(person: Peer, conversation: string): Promise<void> {
  const { messages } = await person.ask('history', { conversation, limit: 1 })
  await person.ask('read', { conversation, seq: messages[0]?.seq ?? 1 })
}

test('the picture in the README shows a conversation, some of it still waiting', async ({
  world,
}) => {
  const server = await world.startServer()
  const line = await world.startProxy(server)
  const app = await world.signUp('alice', line.url)
  const people = {
    mira: await Peer.connect({ serverUrl: server.url, username: 'mira', account: 'new' }),
    jonas: await Peer.connect({ serverUrl: server.url, username: 'jonas', account: 'new' }),
  }
  const group = await people.mira.createGroup(TITLE, ['alice', 'jonas'])
  await people.jonas.createGroup('Timetable', ['alice'])
  await app.sidebar.open(TITLE)
  for (const [author, body] of TALK) {
    if (author === 'alice') await app.composer.send(body)
    else await people[author].ask('send', { conversation: group, body })
    await expect(app.conversation.message(body)).toHaveAttribute('data-state', 'sent')
  }
  await Promise.all(Object.values(people).map((person) => readAll(person, group)))
  await app.conversation.expectState('Then it is sent', 'read')
  line.cut()
  await expect(app.connection.status).toHaveText(/^Offline/)
  await app.composer.send('Written on the quay, without a line.')
  await app.conversation.expectState('Written on the quay', 'queued')
  await app.electron.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]?.setSize(1100, 750)
  })
  await app.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  const { FERRY_UPDATE_SCREENSHOT: update } = process.env
  const path =
    update === undefined || update === ''
      ? join(world.folder, 'screenshot.png')
      : join(PROJECT_FOLDER, 'docs', 'screenshot.png')
  const picture = await app.page.screenshot({ path })
  expect(picture.length).toBeGreaterThan(10_000)
  for (const person of Object.values(people)) person.close()
})
