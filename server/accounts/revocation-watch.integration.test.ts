import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { startRedis, type TestRedis } from '../test-support/redis-server.ts'
import { ServerProcess, signOut } from '../test-support/server-process.ts'
import { WireClient } from '../test-support/wire-client.ts'

let postgres: PostgresServer
let redis: TestRedis
beforeAll(async () => {
  postgres = await startPostgres()
  redis = await startRedis()
}, 60_000)
afterAll(async () => {
  await redis.stop()
  await postgres.dispose()
})

test('[V6] a sign-out at a node without Redis closes the sockets at one whose Redis is well', async () => {
  const shared = ['--database', await postgres.createDatabase(), '--rate-limit', '0']
  // Nothing listens there: this node is cut off from the others, and they do not notice.
  const [cutOff, well] = await Promise.all([
    ServerProcess.start([...shared, '--redis', 'redis://127.0.0.1:1']),
    ServerProcess.start([...shared, '--redis', redis.url]),
  ])
  const ann = await cutOff.account('ann')
  const bob = await cutOff.account('bob')
  const socket = await WireClient.open(well.url, ann.token)
  const other = await WireClient.open(well.url, bob.token)
  expect(await signOut(cutOff.url, ann.token)).toBe(204)
  expect(await socket.closed).toBe(4401)
  expect(socket.pushes.at(-1)).toMatchObject({ push: 'bye', error: { code: 'unauthenticated' } })
  await other.ask('users.find', { query: 'ann' })
  await Promise.all([cutOff.dispose(), well.dispose()])
}, 60_000)
