import { afterAll, beforeAll, expect, test } from 'vitest'
import { post, ServerProcess } from '../test-support/server-process.ts'

const VARIABLE = 'FERRY_APP_SECRET'
const SECRET = 'only the app knows this'
const ann = { username: 'ann', displayName: 'Ann', password: 'correct horse' }

let server: ServerProcess
beforeAll(async () => {
  process.env[VARIABLE] = SECRET
  server = await ServerProcess.start()
  delete process.env[VARIABLE]
})
afterAll(() => server.dispose())

test('[V6] a server that an app started takes accounts from that app alone', async () => {
  const stranger = await post(server.url, '/v1/accounts', ann)
  expect(stranger).toMatchObject({ status: 403, body: { code: 'registration_closed' } })
  const guess = await post(server.url, '/v1/accounts', ann, { 'ferry-app-secret': 'guess' })
  expect(guess.status).toBe(403)
  const app = { 'ferry-app-secret': SECRET }
  expect((await post(server.url, '/v1/accounts', ann, app)).status).toBe(201)
  for (let i = 0; i < 120; i++) {
    await post(server.url, '/v1/sessions', { username: `user${i % 20}`, password: 'x' })
  }
  expect((await post(server.url, '/v1/sessions', ann, app)).status).toBe(200)
})

test('[F20] an account that was lost is made again under its id, with its conversations, for the app alone', async () => {
  const lost = { id: 'u-of-before', conversations: [{ id: 'c-of-before', title: 'Notes' }] }
  const again = { ...ann, username: 'anna', lost }
  expect((await post(server.url, '/v1/accounts', again)).status).toBe(403)
  const app = { 'ferry-app-secret': SECRET }
  const made = await post(server.url, '/v1/accounts', again, app)
  expect(made).toMatchObject({ status: 201, body: { user: { id: 'u-of-before' } } })
})
