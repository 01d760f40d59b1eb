import { afterEach, beforeEach, expect, test } from 'vitest'
import { SERVER_URL, TestBench } from './test-support/test-bench.ts'

let bench: TestBench

beforeEach(() => {
  bench = new TestBench()
})
afterEach(() => bench.dispose())

test('what is stored is shown once it is opened; only the start connects', async () => {
  const { conversation } = await bench.signedIn()
  await bench.send(conversation, 'before the end')
  await bench.time.advance(100)
  bench.abandon()
  const connected = bench.line.addresses.length
  bench.reopen()
  await bench.time.advance(60_000)
  expect(await bench.state()).toMatchObject({
    session: { status: 'signed-in' },
    connection: { status: 'connecting' },
  })
  const page = await bench.engine.handlers.getMessages({ conversation, limit: 10 })
  expect(page).toMatchObject({ ok: true, value: { messages: [{ body: 'before the end' }] } })
  expect(bench.line.addresses).toHaveLength(connected)
  await bench.engine.start()
  await bench.time.advance(100)
  expect(await bench.state()).toMatchObject({ connection: { status: 'online' } })
  expect(bench.line.addresses).toHaveLength(connected + 1)
})

test('[O1] what is written before the start waits, and goes out with it', async () => {
  const { conversation } = await bench.signedIn()
  bench.abandon()
  bench.reopen()
  await bench.send(conversation, 'written before the line')
  expect((await bench.state()).outbox.waiting).toBe(1)
  await bench.engine.start()
  await bench.time.advance(100)
  expect((await bench.state()).outbox.waiting).toBe(0)
})

test('one who signs in before the start is connected once', async () => {
  bench.server.addUser('me')
  bench.engine.open()
  await bench.signIn('me')
  await bench.engine.start()
  await bench.time.advance(100)
  expect(await bench.state()).toMatchObject({ connection: { status: 'online' } })
  expect(bench.line.addresses).toEqual([SERVER_URL])
})

test('an app that ended before the start connects to nothing', async () => {
  await bench.signedIn()
  await bench.engine.close()
  const connected = bench.line.addresses.length
  bench.reopen()
  await bench.engine.close()
  await bench.engine.start()
  await bench.time.advance(100)
  expect(bench.line.addresses).toHaveLength(connected)
})
