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
  const open = async () => {
    const store = await openStore(location, {
      now: Date.now,
      editWindowMs: 0,
      onCommitted: () => undefined,
      observer: { committed: () => undefined },
    })
    await store.close()
    return store
  }
  const { instance } = await open()
  expect(await open()).toMatchObject({ instance, restoredTo: null })
  await renewInstance(location)
  const restored = await open()
  expect(restored.instance).not.toBe(instance)
  expect(restored.restoredTo).toBe(new Date(0).toISOString())
})
