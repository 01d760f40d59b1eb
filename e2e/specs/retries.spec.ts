import type { FrameProxy, RequestFate, RequestFrame } from '../support/frame-proxy.ts'
import { APP_USER, expect, type Harbour, numbered, test } from '../support/harbour.ts'
import { endSession } from '../support/peer.ts'

/** The waits between transmissions, in ms [O5]. */
const SCHEDULE_MS = [2_000, 4_000, 8_000, 16_000, 32_000]
/** A timer may be early by its rounding, in ms. */
const ROUNDING_MS = 50
const OTHER_GROUP = 'Lighthouse'

test('[O5] [O3] what is answered "unavailable" waits and says for what, while another conversation passes', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { app, peer, group } = harbour
  const other = await peer.createGroup(OTHER_GROUP, [APP_USER])
  frameProxy.rules = answering(group, { code: 'unavailable' })
  await app.composer.send('refused for now')
  const message = app.conversation.message('refused for now')
  await expect(message).toContainText(/Retry 1 of 5 in [12] s/)
  await expect(message).toContainText('The server is not available')
  await expect(message).toHaveAttribute('data-state', 'queued')
  await app.sidebar.open(OTHER_GROUP)
  await app.composer.send('not held up')
  await expect.poll(() => peer.bodies(other)).toEqual(['not held up'])
  expect(peer.bodies(group)).toEqual([])
  await app.sidebar.open('Harbour')
  await expect(message).toContainText(/Retry 2 of 5 in [1-4] s/)
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (1)')
  await app.outbox.button.click()
  await expect(app.outbox.item('refused for now')).toContainText(/Retry [23] of 5 in \d+ s/)
  await expect.poll(() => frameProxy.transmissions('send', group).length).toBe(3)
  expectGaps(frameProxy, group, SCHEDULE_MS.slice(0, 2))
  frameProxy.restore()
  await app.outbox.item('refused for now').getByRole('button', { name: 'Retry' }).click()
  await harbour.expectAllOnce(['refused for now'])
})

test('[O7] killed while it waits, the app goes on with the schedule', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { group } = harbour
  frameProxy.rules = answering(group, { code: 'unavailable' })
  await harbour.app.composer.send('over a restart')
  await expect(harbour.app.conversation.message('over a restart')).toContainText(/Retry 3 of 5 in/)
  await harbour.app.kill()
  await harbour.restart()
  await expect(harbour.app.conversation.message('over a restart')).toContainText(
    /Retry [34] of 5 in \d+ s/,
  )
  await expect
    .poll(() => frameProxy.transmissions('send', group).length, { timeout: 20_000 })
    .toBe(4)
  expectGaps(frameProxy, group, SCHEDULE_MS.slice(0, 3))
  await expect(harbour.app.conversation.message('over a restart')).toContainText(/Retry 4 of 5 in/)
  frameProxy.restore()
  await harbour.app.outbox.button.click()
  await harbour.app.outbox.retryAll.click()
  await harbour.expectAllOnce(['over a restart'])
})

test('[O5] @slow six transmissions, 2, 4, 8, 16 and 32 s apart, then failed, and nothing after', async ({
  frameProxy,
  enter,
}) => {
  test.setTimeout(180_000)
  const harbour = await enter(frameProxy.url)
  const { app, group } = harbour
  frameProxy.rules = answering(group, { code: 'unavailable' })
  await app.composer.send('never taken')
  const message = app.conversation.message('never taken')
  await expect(message).toHaveAttribute('data-state', 'failed', { timeout: 90_000 })
  await expect(message).toContainText('Not sent')
  await expect(message).toContainText('The server is not available')
  for (const gap of gapsOf(frameProxy, group).entries()) {
    const [index, ms] = gap
    const planned = SCHEDULE_MS[index] ?? 0
    expect(Math.abs(ms - planned) / planned).toBeLessThan(0.1)
  }
  frameProxy.cut()
  await harbour.goOnline()
  await app.conversation.expectState('never taken', 'failed')
  expect(frameProxy.transmissions('send', group)).toHaveLength(6)
  frameProxy.restore()
  await message.getByRole('button', { name: 'Retry' }).click()
  await harbour.expectAllOnce(['never taken'])
})

test('[O6] [O9] "forbidden" is transmitted once and fails with words, to be retried or discarded', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { app, group } = harbour
  frameProxy.rules = answering(group, { code: 'forbidden' })
  await harbour.send(['not allowed', 'not allowed either'])
  for (const text of ['not allowed', 'not allowed either']) {
    const message = app.conversation.messages.filter({
      has: app.page.getByText(text, { exact: true }),
    })
    await expect(message).toHaveAttribute('data-state', 'failed')
    await expect(message).toContainText('You are no longer a member of Harbour')
  }
  expect(frameProxy.transmissions('send', group)).toHaveLength(2)
  const first = app.conversation.messages.first()
  await first.getByRole('button', { name: 'Retry', exact: true }).click()
  await expect.poll(() => frameProxy.transmissions('send', group).length).toBe(3)
  await expect(first).toHaveAttribute('data-state', 'failed')
  await first.getByRole('button', { name: 'Discard', exact: true }).click()
  await expect(app.conversation.messages).toHaveCount(1)
  frameProxy.restore()
  await app.conversation.messages
    .first()
    .getByRole('button', { name: 'Retry', exact: true })
    .click()
  await harbour.expectAllOnce(['not allowed either'])
})

test('[O5] "rate_limited" is asked again when the server said, not before', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { app, group } = harbour
  const retryAfterMs = 7_000
  frameProxy.rules = {
    request: (frame) =>
      frame.op === 'send' && frameProxy.transmissions('send', group).length === 1
        ? { code: 'rate_limited', retryAfterMs }
        : 'pass',
  }
  await app.composer.send('slower')
  await expect(app.conversation.message('slower')).toContainText(/Retry 1 of 5 in [5-7] s/)
  await expect(app.conversation.message('slower')).toContainText('The server asks to slow down')
  await harbour.expectAllOnce(['slower'])
  expectGaps(frameProxy, group, [retryAfterMs])
})

test('[O8] a session that is ended parks the outbox, which drains after signing in again', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { app, server, group } = harbour
  const bodies = numbered('parked', 6)
  await harbour.send(bodies.slice(0, 2))
  await harbour.expectAllOnce(bodies.slice(0, 2))
  const transmitted = frameProxy.transmissions('send', group).length
  await endSession(server.url, frameProxy.token)
  await expect(app.connection.status).toHaveText('Signed out')
  await harbour.send(bodies.slice(2))
  await expect(app.conversation.message(bodies[2] ?? '')).toContainText('Waits until you sign in')
  await expect(app.outbox.button).toHaveAccessibleName('Outbox (4)')
  await app.kill()
  await harbour.restart()
  await expect(harbour.app.connection.status).toHaveText('Signed out')
  await expect(harbour.app.outbox.button).toHaveAccessibleName('Outbox (4)')
  expect(frameProxy.transmissions('send', group)).toHaveLength(transmitted)
  await harbour.signInAgain()
  await expect(harbour.app.connection.status).toHaveText('Online')
  await harbour.expectAllOnce(bodies)
})

test('[O8] a send that is answered "unauthenticated" uses no attempt', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  frameProxy.rules = answering(harbour.group, { code: 'unauthenticated' })
  await harbour.app.composer.send('who are you')
  await expect(harbour.app.connection.status).toHaveText('Signed out')
  await expect(harbour.app.conversation.message('who are you')).toContainText(
    'Waits until you sign in',
  )
  frameProxy.restore()
  await harbour.signInAgain()
  await expect(harbour.app.connection.status).toHaveText('Online')
  await harbour.expectAllOnce(['who are you'])
  expect(frameProxy.transmissions('send', harbour.group)).toHaveLength(2)
})

/** Rules that answer every send into one conversation in the server's place. */
function answering(conversation: Harbour['group'], fate: RequestFate) {
  return {
    request: (frame: RequestFrame): RequestFate =>
      frame.op === 'send' && frame.conversation === conversation ? fate : 'pass',
  }
}

/** Times between the transmissions of sends into one conversation, in ms. */
function gapsOf(line: FrameProxy, conversation: string): number[] {
  const times = line.transmissions('send', conversation).map(({ at }) => at)
  return times.slice(1).map((at, index) => at - (times[index] ?? at))
}

/** No transmission came before its time. */
function expectGaps(line: FrameProxy, conversation: string, atLeastMs: readonly number[]): void {
  const gaps = gapsOf(line, conversation)
  for (const [index, ms] of atLeastMs.entries()) {
    expect(gaps[index]).toBeGreaterThanOrEqual(ms - ROUNDING_MS)
  }
}
