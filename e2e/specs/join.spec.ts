import { PASSWORD } from '../support/bootstrap.ts'
import { CaptivePortal } from '../support/captive-portal.ts'
import type { FerryApp } from '../support/ferry-app.ts'
import { expect, test } from '../support/fixtures.ts'

async function tryAt({ page, welcome }: FerryApp, address: string): Promise<string> {
  await welcome.serverAddress.fill(address)
  await welcome.signInButton.click()
  const alert = page.getByRole('alert')
  await expect(alert).toBeVisible()
  return (await alert.textContent()) ?? ''
}

test('why a server cannot be joined is said in words, with what to do; nothing typed is lost', async ({
  world,
}) => {
  const closed = await world.startServer({ flags: ['--registration', 'closed'] })
  const portal = await CaptivePortal.start('page')
  const app = await world.launch('alice', { serverUrl: closed.url })
  const { page, welcome } = app
  await welcome.username.fill('alice')
  await welcome.password.fill(PASSWORD)

  expect(await tryAt(app, 'nowhere.invalid')).toContain('There is no server called nowhere.invalid')
  expect(await tryAt(app, `127.0.0.1:${portal.port}`)).toContain('is not a Ferry server')
  expect(await tryAt(app, `https://127.0.0.1:${portal.port}`)).toContain('no secure connection')
  const { port } = portal
  await portal.stop()
  expect(await tryAt(app, `127.0.0.1:${port}`)).toContain(`Nothing answers at 127.0.0.1:${port}`)

  expect(await tryAt(app, 'http://nowhere.invalid')).toContain('would not be encrypted')
  await page.getByRole('button', { name: 'Go on unencrypted' }).click()
  await expect(page.getByRole('alert')).toContainText('There is no server called nowhere.invalid')

  await welcome.serverAddress.fill(closed.url)
  await welcome.createAccountButton.click()
  await expect(page.getByRole('alert')).toContainText('does not take new accounts')
  await expect(welcome.username).toHaveValue('alice')
  await expect(welcome.password).toHaveValue(PASSWORD)
})

test('Enter goes the way that the form shows, and a password can be looked at', async ({
  world,
}) => {
  const server = await world.startServer()
  const app = await world.launch('alice', { serverUrl: server.url })
  const { page, welcome } = app
  await welcome.username.fill('alice')
  await welcome.password.fill(PASSWORD)
  await expect(welcome.password).toHaveAttribute('type', 'password')
  await page.getByRole('button', { name: 'Show password' }).click()
  await expect(welcome.password).toHaveAttribute('type', 'text')
  await welcome.password.press('Enter')
  await expect(page.getByRole('alert')).toHaveText('Wrong username or password')

  await page.getByLabel('Display name (optional)').fill('Alice Liddell')
  await welcome.password.press('Enter')
  await expect(app.connection.status).toHaveText('Online')
  await expect(page.getByRole('button', { name: 'Account: Alice Liddell' })).toBeVisible()
})
