import { expect, test } from '../support/fixtures.ts'
import { Peer } from '../support/peer.ts'

/** Widest column, in px at the usual text size. */
const COLUMN = 960

test('bubbles and box share a column that is never too wide to read, and who types is named', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.signUp('ada', server.url)
  const join = (username: string, displayName: string) =>
    Peer.connect({ serverUrl: server.url, username, displayName, account: 'new' })
  const mira = await join('mira', 'Mira')
  const ahmad = await join('ahmad', 'أحمد')
  const group = await mira.createGroup('Harbour', ['ada', 'ahmad'])
  await mira.ask('send', { conversation: group, body: 'from the other side' })
  await app.sidebar.open('Harbour')
  await app.composer.send('from this side')
  const { main } = app.conversation
  const own = app.conversation.message('from this side').locator('.bubble')
  const other = app.conversation.message('from the other side')
  for (const width of [2560, 1024, 480]) {
    await app.page.setViewportSize({ width, height: 700 })
    const box = await main.locator('.composer__box').boundingBox()
    const right = await own.boundingBox()
    const left = await other.boundingBox()
    if (box === null || right === null || left === null) throw new Error('not on the screen')
    expect(box.width).toBeLessThanOrEqual(COLUMN)
    expect(right.x + right.width).toBeCloseTo(box.x + box.width, 0)
    expect(left.x).toBeCloseTo(box.x, 0)
  }
  for (const peer of [mira, ahmad]) await peer.ask('typing', { conversation: group })
  // Each name in a direction of its own.
  await expect(main.locator('.typing-line')).toHaveText(/\u2068أحمد\u2069.* are typing$/)
  await expect(main.locator('.typing-line')).toContainText('Mira')
  for (const peer of [mira, ahmad]) peer.close()
})
