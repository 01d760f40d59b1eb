import type { Locator } from 'playwright/test'
import { type Bootstrap, PASSWORD } from '../support/bootstrap.ts'
import { APP_USER, expect, GROUP, Harbour, numbered, test } from '../support/harbour.ts'

test.describe('[R5] after an absence', () => {
  test('the log stands at the first unread message, and only what was shown is read', async ({
    world,
  }) => {
    const harbour = await enter(world)
    const { peer, group } = harbour
    for (const body of numbered('earlier', 20))
      await peer.ask('send', { conversation: group, body })
    await expect(harbour.app.conversation.message('earlier 020')).toBeInViewport()
    await expect.poll(() => readUpTo(harbour)).toBe(await seqOf(harbour, 'earlier 020'))
    await harbour.app.quit()
    for (const body of numbered('later', 280)) await peer.ask('send', { conversation: group, body })

    harbour.app = await harbour.world.launch(APP_USER, { serverUrl: harbour.lineUrl })
    const { conversation, sidebar, page } = harbour.app
    await expect(conversation.message('later 001')).toBeInViewport()
    await expect(page.getByText('New messages', { exact: true })).toBeInViewport()
    await expect(conversation.message('later 280')).not.toBeInViewport()
    await expect.poll(() => readUpTo(harbour)).toBeLessThan(await seqOf(harbour, 'later 060'))
    await expect(sidebar.conversation(GROUP)).toHaveAccessibleDescription(/^2\d\d unread messages/)
  })

  test('a second device begins where the first one stopped', async ({ world }) => {
    const harbour = await enter(world)
    const { peer, group } = harbour
    await harbour.app.quit()
    for (const body of numbered('message', 300)) {
      await peer.ask('send', { conversation: group, body })
    }
    const first = await harbour.otherDevice()
    await first.ask('read', { conversation: group, seq: await seqOf(harbour, 'message 020') })

    harbour.app = await world.launch('second', { serverUrl: harbour.lineUrl })
    await harbour.app.welcome.signIn({ username: APP_USER, password: PASSWORD })
    const { conversation, page, sidebar } = harbour.app
    await sidebar.open(GROUP)
    await expect(conversation.message('message 021')).toBeInViewport()
    await expect(page.getByText('New messages', { exact: true })).toBeInViewport()
    expect(await readUpTo(harbour)).toBeLessThan(await seqOf(harbour, 'message 060'))
    await expect(sidebar.conversation(GROUP)).toHaveAccessibleDescription(
      /^(At least )?[12]\d\d unread messages/i,
    )
  })
})

test('[R5] the conversation used last is open at a start, at the place where one was', async ({
  world,
}) => {
  const harbour = await enter(world)
  const { peer, group } = harbour
  const other = await peer.createGroup('Lighthouse', [APP_USER])
  for (const body of numbered('message', 120)) await peer.ask('send', { conversation: group, body })
  const { conversation, page, sidebar } = harbour.app
  await expect(conversation.message('message 120')).toBeInViewport()
  await conversation.log.hover()
  await page.mouse.wheel(0, -1_500)
  await expect(page.getByRole('button', { name: 'Newest messages', exact: true })).toBeVisible()
  const place = await restingTop(conversation.log)

  await sidebar.open('Lighthouse')
  await expect(conversation.heading).toHaveText('Lighthouse')
  await sidebar.open(GROUP)
  await expect.poll(() => topMessage(conversation.log)).toBe(place)
  await harbour.app.quit()
  await peer.ask('send', { conversation: other, body: 'newer there' })
  harbour.app = await harbour.world.launch(APP_USER, { serverUrl: harbour.lineUrl })
  await expect(harbour.app.conversation.heading).toHaveText(GROUP)
  await expect.poll(() => topMessage(harbour.app.conversation.log)).toBe(place)
  await expect(harbour.app.sidebar.conversation('Lighthouse')).toHaveAccessibleDescription(
    /^1 unread message/,
  )
})

test('a jump to a message near the end of the log shows it, and stays there', async ({ world }) => {
  const { app, peer, group } = await enter(world)
  const { conversation, sidebar } = app
  for (const body of numbered('message', 60)) await peer.ask('send', { conversation: group, body })
  await expect(conversation.message('message 060')).toBeInViewport()
  for (let fromEnd = 15; fromEnd >= 8; fromEnd -= 1) {
    const text = `message ${String(60 - fromEnd).padStart(3, '0')}`
    await sidebar.search.fill(text)
    await expect(sidebar.searchResults.getByRole('option').first()).toContainText(text)
    await sidebar.search.press('Enter')
    const message = conversation.message(text)
    await expect(message).toBeFocused()
    await expect(message).toBeInViewport({ ratio: 1 })
    await peer.ask('typing', { conversation: group })
    await expect(message).toBeInViewport({ ratio: 1 })
  }
})

/** Nobody is slowed down: the peers write a lot. */
async function enter(world: Bootstrap): Promise<Harbour> {
  const server = await world.startServer({ flags: ['--rate-limit', '0'] })
  return await Harbour.open(world, server, server.url)
}

/** seq of the newest message that Ada has read, as Bo is told. */
async function readUpTo({ peer, group }: Harbour): Promise<number> {
  const { conversations } = await peer.ask('receipts', { conversations: [group] })
  const receipts = conversations[0]?.receipts ?? []
  return receipts.find(({ user }) => user !== peer.user.id)?.read ?? 0
}

async function seqOf({ peer, group }: Harbour, body: string): Promise<number> {
  const found = peer.received(group).find((message) => message.body === body)
  if (found === undefined) throw new Error(`Bo was never sent "${body}"`)
  return found.seq
}

/** Text of the first message that can be seen, once the log has come to rest. */
async function restingTop(log: Locator): Promise<string | null> {
  let before: string | null = null
  await expect(async () => {
    const now = await topMessage(log)
    const isResting = now !== null && now === before
    before = now
    expect(isResting).toBe(true)
  }).toPass({ intervals: [250] })
  return before
}

/** Text of the first message that can be seen. */
const topMessage = (log: Locator): Promise<string | null> =>
  log.evaluate((element) => {
    const { top } = element.getBoundingClientRect()
    const articles = [...element.querySelectorAll('article')]
    const first = articles.find((article) => article.getBoundingClientRect().bottom > top)
    return first?.textContent?.match(/message \d+/)?.[0] ?? null
  })
