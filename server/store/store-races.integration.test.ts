import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../test-support/postgres-server.ts'
import { openPostgresStore } from './postgres/postgres-store.ts'
import { openSqliteStore } from './sqlite/sqlite-store.ts'
import type { StoreOptions } from './store.ts'
import { storeRaces } from './store-races.ts'

const options: StoreOptions = {
  now: Date.now,
  editWindowMs: 60_000,
  onCommitted: () => undefined,
  observer: { committed: () => undefined },
}

storeRaces('SQLite, one node', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ferry-races-'))
  const store = openSqliteStore(folder, options)
  return {
    nodes: [store],
    async close() {
      await store.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
})

storeRaces('PostgreSQL, two nodes', async () => {
  const server = await startPostgres()
  const url = await server.createDatabase()
  const nodes = await Promise.all([
    openPostgresStore(url, options),
    openPostgresStore(url, options),
  ])
  return {
    nodes,
    async close() {
      await Promise.all(nodes.map((node) => node.close()))
      await server.dispose()
    },
  }
})
