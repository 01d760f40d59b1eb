import { expect, test } from '../support/harbour.ts'

/** What a server of another version, or somebody through it, may say: changed on the line, as our server would not. */

test('[O9] [G1] what cannot be read is told, and everything else goes on, over a restart too', async ({
  frameProxy,
  enter,
}) => {
  const harbour = await enter(frameProxy.url)
  const { peer, group } = harbour
  frameProxy.rules = {
    retell: (frame) =>
      frame
        .replaceAll('"body":"poison"', '"body":7')
        .replaceAll(
          /"type":"message\.created"(.*?"body":"from the future")/g,
          '"type":"x99.said"$1',
        )
        .replaceAll('"emoji":"🎉"', '"emoji":"constructor"'),
  }
  const { message } = await peer.ask('send', { conversation: group, body: 'before' })
  await peer.ask('react', { message: message.id, emoji: '🎉', on: true })
  await peer.ask('send', { conversation: group, body: 'poison' })
  await peer.ask('send', { conversation: group, body: 'from the future' })
  await peer.ask('send', { conversation: group, body: 'after' })

  for (const restart of [false, true]) {
    if (restart) {
      await harbour.app.quit()
      await harbour.restart()
    }
    const { app } = harbour
    await expect(app.conversation.message('after')).toBeVisible()
    await expect(app.conversation.message('before')).toContainText('constructor')
    const note = app.page.getByRole('note', { name: 'Not everything could be read' })
    await expect(note).toContainText('One change here could not be read')
    await expect(app.page.getByText('from the future')).toHaveCount(0)
    await expect(app.page.getByRole('heading', { name: 'Welcome to Ferry' })).toHaveCount(0)
    await app.composer.send(`mine ${restart}`)
    await app.conversation.expectArrived(`mine ${restart}`)
    await expect(app.connection.status).toHaveText('Online')
  }
})

test('[G2] a server that needs a newer Ferry says so, and is tried again when the user wants it', async ({
  frameProxy,
  enter,
}) => {
  const { app } = await enter(frameProxy.url)
  frameProxy.rules = {
    request: ({ op }) => (op === 'hello' ? { code: 'client_too_old' } : 'pass'),
  }
  frameProxy.cut()
  const hellos = () => frameProxy.transmissions('hello').length
  await expect(app.connection.status).toHaveText('This server needs a newer Ferry')
  await app.composer.send('for later')
  await app.conversation.expectState('for later', 'queued')
  const before = hellos()
  await app.connection.tryNow.click()
  await expect.poll(hellos).toBe(before + 1)
  await expect(app.connection.status).toHaveText('This server needs a newer Ferry')
  frameProxy.restore()
  await app.connection.tryNow.click()
  await app.conversation.expectArrived('for later')
})
