import { expect, GROUP, type Harbour, test } from '../support/harbour.ts'
import type { Peer } from '../support/peer.ts'

const FIRST = 'meet at eight'
const THEIRS = 'meet at nine'
const MINE = 'meet at half past eight'

test('[V1] an edit that met another one asks, and "Keep mine" leads to the same text on both sides', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const { app } = harbour
  const { other, key } = await conflict(harbour, line)
  const dialog = app.page.getByRole('dialog', { name: 'This message was changed elsewhere' })
  await expect(dialog).toContainText(MINE)
  await expect(dialog).toContainText(THEIRS)
  await dialog.getByRole('button', { name: 'Keep mine', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expectSettled(harbour, other, { key, text: MINE, version: 3 })
})

test('[V1] an edit that met another one asks, and "Keep theirs" leads to the same text on both sides', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const { app } = harbour
  const { other, key } = await conflict(harbour, line)
  const dialog = app.page.getByRole('dialog', { name: 'This message was changed elsewhere' })
  await dialog.getByRole('button', { name: 'Keep theirs', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expectSettled(harbour, other, { key, text: THEIRS, version: 2 })
})

test('[O9] a conflict survives a kill, and is asked about again after the restart', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const { other, key } = await conflict(harbour, line)
  const title = 'This message was changed elsewhere'
  await expect(harbour.app.page.getByRole('dialog', { name: title })).toBeVisible()
  await harbour.app.kill()
  harbour.app = await world.launch('ada', { serverUrl: harbour.lineUrl })
  const dialog = harbour.app.page.getByRole('dialog', { name: title })
  await expect(dialog).toContainText(MINE)
  await dialog.getByRole('button', { name: 'Keep mine', exact: true }).click()
  await expect(dialog).toBeHidden()
  await harbour.app.sidebar.open(GROUP)
  await expectSettled(harbour, other, { key, text: MINE, version: 3 })
})

/** Ada edits a message while she is offline, after another device of hers has edited it. */
async function conflict(
  harbour: Harbour,
  line: { cut(): void; restore(): void },
): Promise<{ other: Peer; key: string }> {
  const { app, peer, group } = harbour
  await app.composer.send(FIRST)
  await harbour.expectAllOnce([FIRST])
  const sent = peer.received(group)[0]
  if (sent === undefined) throw new Error('the message did not arrive')
  const key = (await app.conversation.messages.first().getAttribute('data-message-key')) ?? ''
  line.cut()
  await expect(app.connection.status).not.toHaveText('Online')
  const other = await harbour.otherDevice()
  await other.ask('edit', { message: sent.id, body: THEIRS, baseVersion: sent.version })
  await app.composer.box.press('ArrowUp')
  await expect(app.composer.box).toHaveValue(FIRST)
  await app.composer.send(MINE)
  await expect(app.conversation.message(MINE)).toContainText('Edit not delivered yet')
  line.restore()
  await harbour.goOnline()
  return { other, key }
}

/** The same text at the server, at the other device and on the screen, in the same message, and nothing waits. */
async function expectSettled(
  harbour: Harbour,
  other: Peer,
  { key, text, version }: { key: string; text: string; version: number },
): Promise<void> {
  const { app, group } = harbour
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (0)')
  const edits = () =>
    other.events(group).flatMap((event) => (event.type === 'message.edited' ? [event.message] : []))
  await expect.poll(() => edits().at(-1)).toMatchObject({ body: text, version })
  expect(await other.stored(group)).toEqual([text])
  await expect(app.conversation.messages).toHaveCount(1)
  await expect(app.conversation.messages).toContainText(text)
  await expect(app.conversation.messages).toHaveAttribute('data-message-key', key)
}
