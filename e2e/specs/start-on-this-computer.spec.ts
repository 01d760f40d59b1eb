import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

test('[V6] nobody else gets an account on the server that the app brings along, and the app does again and again', async ({
  world,
}) => {
  const app = await world.launch('ann')
  await app.startOnThisComputer('Ann')
  const account = { username: 'eve', displayName: 'Eve', password: 'correct horse' }
  const ask = (url: string, path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, init).then(({ status }) => status)
  const refusals = async (profileDir: string) => {
    const log = readFileSync(join(profileDir, 'logs', 'main.log'), 'utf8')
    const url = [...log.matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].at(-1)?.[0] ?? ''
    const headers = { 'content-type': 'application/json' }
    return [
      await ask(url, '/healthz'),
      await ask(url, '/v1/accounts', { method: 'POST', headers, body: JSON.stringify(account) }),
      await ask(url, '/healthz', { headers: { origin: 'https://evil.example' } }),
    ]
  }
  expect(await refusals(app.profileDir)).toEqual([200, 403, 403])
  await app.quit()
  const again = await world.launch('ann')
  await expect(again.connection.status).toHaveText('Online')
  expect(await refusals(again.profileDir)).toEqual([200, 403, 403])
  const other = await world.launch('ben')
  await other.startOnThisComputer('Ben')
  await other.composer.send('mine')
  await other.conversation.expectState('mine', 'sent')
})
