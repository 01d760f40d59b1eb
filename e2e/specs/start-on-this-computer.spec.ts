import { expect, test } from '../support/fixtures.ts'

test('a first start leads to a sent message without a password, and a restart keeps it', async ({
  world,
}) => {
  const app = await world.launch('ann')
  const startedAt = performance.now()
  await expect(app.welcome.heading).toBeVisible()
  await expect(app.welcome.password).toHaveCount(0)

  await app.welcome.name.fill('Ann Example')
  await app.welcome.startOnThisComputer.click()
  await expect(app.composer.box).toBeFocused()
  await app.composer.send('The first message')
  await app.conversation.expectState('The first message', 'sent')
  expect(performance.now() - startedAt).toBeLessThan(10_000)

  await app.quit()
  const again = await world.launch('ann')
  await again.conversation.expectState('The first message', 'sent')
  await again.composer.send('The second message')
  await again.conversation.expectState('The second message', 'sent')
  expect((await again.conversation.readAll()).map(({ state }) => state)).toEqual(['sent', 'sent'])
})
