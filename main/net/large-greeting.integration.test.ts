import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeServer } from './test-support/fake-server.ts'
import { Wired } from './test-support/wired.ts'

const COUNT = 5_000
const heads = Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`c${index}`, 1]))
const USER = { id: 'me', username: 'me', displayName: 'Me' }
const INFO = { version: '1', editWindowMs: 1, maxBodyBytes: 1 }

let server: FakeServer
let wired: Wired

beforeEach(async () => {
  server = await FakeServer.start()
  server.hello = null
  wired = new Wired()
})

afterEach(async () => {
  wired.transport.stop()
  await server.stop()
})

test('[S6, S1] a greeting that is taken in steps is told before what came right behind it, and that in order', async () => {
  server.behaviour = ({ socket, reply }) => {
    reply({ user: USER, server: INFO, heads })
    for (const stream of ['c1', 'c2', 'c3']) {
      socket.send(JSON.stringify({ push: 'events', stream, events: [] }))
    }
  }
  wired.start(server.url)
  await wired.heard.untilCount(3, (heard) => heard.what === 'pushed')
  const told = wired.heard.all.filter(({ what }) => what === 'greeted' || what === 'pushed')
  expect(told.map((heard) => (heard.what === 'pushed' ? heard.push : heard.what))).toEqual([
    'greeted',
    ...['c1', 'c2', 'c3'].map((stream) => ({ push: 'events', stream, events: [] })),
  ])
})

test('[S1] what came before the line was closed is told before the loss', async () => {
  server.behaviour = ({ socket, reply }) => {
    reply({ user: USER, server: INFO, heads })
    for (let n = 0; n < 500; n += 1) {
      socket.send(JSON.stringify({ push: 'typing', conversation: 'c1', user: `u${n}` }))
    }
    socket.close(1012)
  }
  wired.start(server.url)
  await wired.heard.until((heard) => heard.what === 'lost')
  const whats = wired.heard.all.map(({ what }) => what)
  expect(whats.filter((what) => what === 'pushed')).toHaveLength(500)
  expect(whats.lastIndexOf('pushed')).toBeLessThan(whats.indexOf('lost'))
})

test('[O8] a large greeting that is refused ends the line all the same', async () => {
  server.behaviour = ({ socket, request }) => {
    const error = { code: 'unauthenticated', message: 'x'.repeat(100_000), retryable: false }
    socket.send(JSON.stringify({ re: request.id, ok: false, error }))
  }
  wired.start(server.url)
  await wired.status('signed-out')
})
