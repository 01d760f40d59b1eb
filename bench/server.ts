/**
 * `npm run bench -- server`: Ferry's server beside Socket.IO + SQLite and a bare relay, in one run.
 * The server has one core, this generator the other. Three rounds, turn by turn; medians are reported.
 * Catch-up of the relay is not measured: it stores nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ChatDriver } from './drivers/chat-driver.ts'
import { ferryDriver } from './drivers/ferry-driver.ts'
import { relayDriver } from './drivers/relay-driver.ts'
import { socketioDriver } from './drivers/socketio-driver.ts'
import { canPin, type PinnedProcess, pinSelf, startPinned } from './lib/pinned-process.ts'
import { format, median } from './lib/statistics.ts'
import { measureCatchUp } from './scenarios/catch-up.ts'
import { measureFanOut } from './scenarios/fan-out.ts'
import { measurePairs, type PairsResult } from './scenarios/pairs.ts'

const ROUNDS = 3
const SERVER_CORE = 0
const GENERATOR_CORE = 1
const root = join(import.meta.dirname, '..')

interface System {
  start(data: string): Promise<PinnedProcess>
  driver(url: string): ChatDriver
  stores: boolean
}

const systems: readonly System[] = [
  {
    start: () => startPinned(SERVER_CORE, [join(root, 'bench/peers/relay-server.ts')]),
    driver: relayDriver,
    stores: false,
  },
  {
    start: (data) => startPinned(SERVER_CORE, [join(root, 'bench/peers/socketio-server.ts'), data]),
    driver: socketioDriver,
    stores: true,
  },
  {
    start: (data) =>
      startPinned(SERVER_CORE, [
        join(root, 'out/server/main.cjs'),
        ...['--port', '0', '--rate-limit', '0', '--data', data],
      ]),
    driver: ferryDriver,
    stores: true,
  },
]

interface Row {
  name: string
  pairs: PairsResult[]
  fanOut: number[]
  catchUp: number[]
}

async function withServer<T>(
  system: System,
  measure: (driver: ChatDriver) => Promise<T>,
): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), 'ferry-bench-'))
  const server = await system.start(data)
  try {
    return await measure(system.driver(server.url))
  } finally {
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

const rows: Row[] = systems.map(({ driver }) => ({
  name: driver('').name,
  pairs: [],
  fanOut: [],
  catchUp: [],
}))
pinSelf(GENERATOR_CORE)
for (let round = 0; round < ROUNDS; round++) {
  for (const [index, system] of systems.entries()) {
    const row = rows[index]
    if (row === undefined) continue
    process.stderr.write(`round ${round + 1} of ${ROUNDS}: ${row.name}\n`)
    row.pairs.push(await withServer(system, (driver) => measurePairs(driver)))
    row.fanOut.push(
      (await withServer(system, (driver) => measureFanOut(driver))).deliveriesPerSecond,
    )
    if (system.stores) {
      row.catchUp.push((await withServer(system, (driver) => measureCatchUp(driver))).milliseconds)
    }
  }
}

const middle = (row: Row | undefined, pick: (result: PairsResult) => number) =>
  median(row?.pairs.map(pick) ?? [])
const [relay, socketio, ferry] = rows
const rate = (row: Row | undefined) => middle(row, (result) => result.messagesPerSecond)
const ratio = (value: number) => `${format(value, 2)} x`
const lines = [
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, ${canPin ? 'server and generator on a core each' : 'not pinned'}; medians of ${ROUNDS} rounds`,
  '',
  '| | durable messages/s | ack p50 / p99 ms | delivery p50 / p99 ms | fan-out to 200, deliveries/s | catch-up of 10,000, ms |',
  '| --- | ---: | ---: | ---: | ---: | ---: |',
  ...rows.map(
    (row) =>
      `| ${row.name} | ${format(rate(row))} | ${format(
        middle(row, (r) => r.acknowledged.p50),
        1,
      )} / ${format(
        middle(row, (r) => r.acknowledged.p99),
        1,
      )} | ${format(
        middle(row, (r) => r.delivered.p50),
        1,
      )} / ${format(
        middle(row, (r) => r.delivered.p99),
        1,
      )} | ${format(median(row.fanOut))} | ${format(median(row.catchUp))} |`,
  ),
  `| Ferry / Socket.IO | ${ratio(rate(ferry) / rate(socketio))} | | | ${ratio(median(ferry?.fanOut ?? []) / median(socketio?.fanOut ?? []))} | ${ratio(median(socketio?.catchUp ?? []) / median(ferry?.catchUp ?? []))} as fast |`,
  `| Ferry / bare relay | ${ratio(rate(ferry) / rate(relay))} | | | ${ratio(median(ferry?.fanOut ?? []) / median(relay?.fanOut ?? []))} | |`,
]
process.stdout.write(`${lines.join('\n')}\n`)
