import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../test-support/postgres-server.ts'
import { openPostgresStore } from './postgres/postgres-store.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import { storeContract } from './store-contract.ts'

storeContract('SQLite', async (options) => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-contract-'))
  let store = openSqliteStore(folder, options)
  return {
    store,
    async reopen() {
      await store.close()
      store = openSqliteStore(folder, options)
      return store
    },
    async dispose() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.dispose())

storeContract('PostgreSQL', async (options) => {
  const url = await server.createDatabase()
  let store = await openPostgresStore(url, options)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openPostgresStore(url, options)
      return store
    },
    dispose: () => store.close(),
  }
})
