import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { openStore } from './open-store.ts'
import { renewInstance } from './renew-instance.ts'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.dispose())

test('[V8] a restored PostgreSQL gets a new name, which Redis keys and clients go by', async () => {
  const location = { kind: 'postgres', connectionString: await postgres.createDatabase() } as const
  await expect(renewInstance(location)).rejects.toThrow('no Ferry')
  const instance = async () => {
    const store = await openStore(location, {
      now: Date.now,
      editWindowMs: 0,
      onCommitted: () => undefined,
      observer: { committed: () => undefined },
    })
    await store.close()
    return store.instance
  }
  const before = await instance()
  expect(await instance()).toBe(before)
  await renewInstance(location)
  expect(await instance()).not.toBe(before)
})
