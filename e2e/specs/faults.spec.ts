import { CaptivePortal } from '../support/captive-portal.ts'
import { flap } from '../support/flapping.ts'
import { expect, numbered, test } from '../support/harbour.ts'

/** How long the line flaps at least, in seconds: 30 for the whole test. */
const { FERRY_FLAP_SECONDS: flapSeconds = '30' } = process.env
const FLAPPING_MESSAGES = 200

test('[O3] [O11] a line that is cut in the middle of writing loses, repeats and reorders nothing', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const bodies = numbered('cut', 15)
  await harbour.send(bodies.slice(0, 5))
  line.cut()
  await harbour.send(bodies.slice(5, 10))
  await expect(harbour.app.connection.status).toHaveText(/^Offline, next try in \d+ s$/)
  await expect(harbour.app.outbox.button).not.toHaveAccessibleName('Outbox (0)')
  line.restore()
  await harbour.goOnline()
  await harbour.send(bodies.slice(10))
  await harbour.expectAllOnce(bodies)
})

test('[O11] what was sent and never answered is unconfirmed, until the same key is answered', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const bodies = numbered('mute', 10)
  await harbour.send(bodies.slice(0, 3))
  await harbour.expectAllOnce(bodies.slice(0, 3))
  line.mute()
  await harbour.send(bodies.slice(3))
  await expect
    .poll(() => harbour.peer.bodies(harbour.group), { message: 'they do arrive' })
    .toContain(bodies[3])
  await harbour.app.conversation.expectState(bodies[3] ?? '', 'unconfirmed')
  line.restore()
  line.resetAll()
  await harbour.expectAllOnce(bodies)
})

test('[O11] a half-open line is noticed within 20 s, and what was written into it is sent again', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const bodies = numbered('half-open', 6)
  await harbour.send(bodies.slice(0, 2))
  await harbour.expectAllOnce(bodies.slice(0, 2))
  line.blackHole()
  await harbour.send(bodies.slice(2))
  await expect(harbour.app.connection.status).not.toHaveText('Online', { timeout: 20_000 })
  await harbour.app.conversation.expectState(bodies[2] ?? '', 'unconfirmed')
  line.restore()
  line.resetAll()
  await harbour.expectAllOnce(bodies)
})

for (const how of ['redirect', 'page'] as const) {
  test(`[O4] [S5] a captive portal that answers with a ${how} is no server: what is written waits, and uses no attempt`, async ({
    world,
    server,
    enter,
  }) => {
    const line = await world.startProxy(server)
    const harbour = await enter(line.url)
    const { app } = harbour
    await harbour.send(['before'])
    await harbour.expectAllOnce(['before'])
    const portal = await CaptivePortal.start(how)
    line.retarget(portal.port)
    line.resetAll()
    await expect(app.connection.status).toHaveText(/^Offline, next try in \d+ s$/)
    await harbour.send(['in the hotel'])
    const answered = portal.answered
    await app.connection.reconnect()
    await expect.poll(() => portal.answered).toBeGreaterThan(answered)
    await expect(app.connection.status).toHaveText(/^Offline, next try in \d+ s$/)
    const waiting = app.conversation.message('in the hotel')
    await expect(waiting).toHaveAttribute('data-state', 'queued')
    await expect(waiting).not.toContainText('Retry')
    line.retarget(server.port)
    await portal.stop()
    await harbour.goOnline()
    await harbour.expectAllOnce(['before', 'in the hotel'])
  })
}

test('[O3] over a line of 1 kB/s everything arrives, once and in order', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  const bodies = numbered('slow', 12)
  line.slow(1_000)
  await harbour.send(bodies)
  await harbour.expectAllOnce(bodies, { timeout: 60_000 })
})

test('[O2] every request arriving twice, over two connections, takes effect once', async ({
  frameProxy,
  enter,
}) => {
  frameProxy.rules = { duplicate: true }
  const harbour = await enter(frameProxy.url)
  const bodies = numbered('twice', 40)
  await harbour.send(bodies)
  await harbour.expectAllOnce(bodies)
})

test('[O2] [S3] the same device connected twice neither loses nor repeats anything', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const hello = frameProxy.requests.find(({ frame }) => frame.op === 'hello')
  const twin = await harbour.otherDevice(hello?.frame.device)
  const bodies = numbered('twin', 20)
  await harbour.send(bodies.slice(0, 10))
  await harbour.expectAllOnce(bodies.slice(0, 10))
  frameProxy.cut()
  await harbour.send(bodies.slice(10))
  await harbour.expectAllOnce(bodies)
  expect(twin.bodies(harbour.group)).toEqual(bodies)
  expect(twin.anomalies).toEqual([])
})

for (const how of ['stop', 'kill'] as const) {
  const words = how === 'stop' ? 'that is restarted in order' : 'that is killed and started again'
  test(`[O3] [V11] a server ${words} in the middle of writing loses nothing`, async ({
    world,
    server,
    enter,
  }) => {
    const line = await world.startProxy(server)
    const harbour = await enter(line.url)
    const bodies = numbered('restart', 40)
    await harbour.send(bodies.slice(0, 20))
    await server[how]()
    await harbour.send(bodies.slice(20, 30))
    const { port } = server
    await world.startServer({ port })
    await harbour.send(bodies.slice(30))
    await harbour.goOnline()
    const peer = await harbour.peerAgain()
    await harbour.expectAllOnce(bodies, { peer })
  })
}

test('[O3] [S5] 200 messages written while the line flaps every 200 ms arrive once and in order', async ({
  world,
  server,
  enter,
}) => {
  const line = await world.startProxy(server)
  const harbour = await enter(line.url)
  test.setTimeout(240_000)
  const bodies = numbered('flap', FLAPPING_MESSAGES)
  const flapping = flap(line, 200)
  await harbour.send(bodies)
  await flapping.lasted(Number(flapSeconds) * 1_000)
  flapping.stop()
  await harbour.goOnline()
  await harbour.expectAllOnce(bodies, { timeout: 60_000 })
  expect(line.carried).toBeGreaterThan(1)
})
