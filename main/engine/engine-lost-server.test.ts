import { afterEach, expect, test } from 'vitest'
import { loseDatabase } from './test-support/fake-loss.ts'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench

afterEach(() => bench.dispose())

async function started(): Promise<string> {
  bench = new TestBench()
  await bench.engine.start()
  const answer = bench.engine.handlers.startOnThisComputer({ displayName: 'Ann' })
  for (let turn = 0; turn < 20; turn += 1) await bench.time.settle()
  const made = await bench.act(answer)
  if (!made.ok) throw new Error(made.failure.code)
  await bench.time.advance(100)
  return made.value.conversation
}

test('[F20] the server on this computer lost its data: the account is made again, and own messages come back', async () => {
  const conversation = await started()
  await bench.send(conversation, 'first')
  await bench.send(conversation, 'second')
  await bench.time.advance(100)
  bench.abandon()
  loseDatabase(bench.server)
  await bench.restart()
  await bench.time.advance(60_000)
  expect(await bench.state()).toMatchObject({
    session: { status: 'signed-in', user: { displayName: 'Ann' } },
    connection: { status: 'online' },
    outbox: { waiting: 0, failed: 2 },
    notice: { kind: 'server_restored' },
  })
  await bench.act(bench.engine.handlers.retryAll(undefined))
  await bench.time.advance(1_000)
  expect(bench.server.bodies(conversation)).toEqual(['first', 'second'])
  expect(await bench.bodies(conversation)).toEqual(['first', 'second'])
})

test('[F20] what waited goes to the conversation that was made again, before any restart', async () => {
  const conversation = await started()
  await bench.send(conversation, 'arrived')
  await bench.time.advance(100)
  bench.line.down()
  await bench.send(conversation, 'waited')
  loseDatabase(bench.server)
  bench.line.up()
  await bench.time.advance(120_000)
  expect(await bench.state()).toMatchObject({
    session: { status: 'signed-in' },
    connection: { status: 'online' },
  })
  await bench.act(bench.engine.handlers.retryAll(undefined))
  await bench.time.advance(1_000)
  expect(new Set(bench.server.bodies(conversation))).toEqual(new Set(['arrived', 'waited']))
})

test('[F20] damaged data of the server are told, what is written waits, and setting them aside brings all back', async () => {
  const conversation = await started()
  await bench.send(conversation, 'before')
  await bench.time.advance(100)
  bench.abandon()
  bench.bundledServer.isDamaged = true
  await bench.restart()
  expect(await bench.state()).toMatchObject({ damagedServer: bench.bundledServer.database })
  await bench.send(conversation, 'meanwhile')
  await bench.time.advance(60_000)
  expect(await bench.state()).toMatchObject({
    session: { status: 'signed-in' },
    damagedServer: bench.bundledServer.database,
    outbox: { waiting: 1, failed: 0 },
  })
  loseDatabase(bench.server)
  const answer = await bench.act(bench.engine.handlers.setServerDataAside(undefined))
  expect(answer).toEqual({ ok: true, value: null })
  await bench.time.advance(60_000)
  expect(bench.bundledServer.setsAside).toBe(1)
  expect(await bench.state()).toMatchObject({
    damagedServer: null,
    connection: { status: 'online' },
  })
  await bench.act(bench.engine.handlers.retryAll(undefined))
  await bench.time.advance(1_000)
  expect(new Set(bench.server.bodies(conversation))).toEqual(new Set(['before', 'meanwhile']))
  const again = await bench.act(bench.engine.handlers.setServerDataAside(undefined))
  expect(again).toMatchObject({ ok: false, failure: { code: 'repair_failed' } })
})
