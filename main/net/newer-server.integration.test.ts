import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeServer } from './test-support/fake-server.ts'
import { Wired } from './test-support/wired.ts'

let server: FakeServer
let wired: Wired

beforeEach(async () => {
  server = await FakeServer.start()
  wired = new Wired()
})

afterEach(async () => {
  wired.transport.stop()
  await server.stop()
})

test('[G1] what is of a newer server, or does not fit, is passed over, and the line stays', async () => {
  await wired.online(server.url)
  const odd = [{ push: 'surprise' }, { news: 1 }, { push: 'typing', conversation: 7 }, { re: 99 }]
  for (const frame of odd) server.push(frame)
  server.push({ push: 'presence', user: 'u1', online: true })
  await wired.heard.until((heard) => heard.what === 'pushed')
  expect(wired.heard.all.filter(({ what }) => what === 'misfit')).toHaveLength(2)
  expect(wired.heard.all.filter(({ what }) => what === 'lost')).toEqual([])
})
