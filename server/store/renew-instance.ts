import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StoreLocation } from './open-store.ts'

/** There is no database of a Ferry server there. */
class NoDatabase extends Error {
  override readonly name = 'NoDatabase'
}

/**
 * Gives a database that was put back from a backup a new name. Clients take its streams anew, and what Redis kept under
 * the old name is never read again [V8], however far either has come since. They are told up to when it knows what was
 * said, and keep what they wrote after that. No server may run on it meanwhile.
 *
 * @throws NoDatabase, FolderInUse, SchemaTooNew; what the driver throws when the database cannot be reached
 */
export async function renewInstance(location: StoreLocation): Promise<void> {
  if (location.kind === 'folder') await renewInFolder(location.folder)
  else await renewInPostgres(location.connectionString)
}

async function renewInFolder(folder: string): Promise<void> {
  const { DATABASE_FILE, openDatabase } = await import('./sqlite/open-database.ts')
  const { renewInstance: renew } = await import('./sqlite/renew-instance.ts')
  if (!existsSync(join(folder, DATABASE_FILE))) {
    throw new NoDatabase(`there is no database in ${folder}`)
  }
  const { database, close } = openDatabase(folder)
  try {
    renew(database)
  } finally {
    close()
  }
}

async function renewInPostgres(connectionString: string): Promise<void> {
  const { createClient } = await import('./postgres/connection.ts')
  const client = createClient(connectionString)
  try {
    await client.connect()
    const { rows } = await client.query<{ there: boolean }>(
      "SELECT to_regclass('meta') IS NOT NULL AS there",
    )
    if (rows[0]?.there !== true) throw new NoDatabase('there is no Ferry in this database')
    const { rows: newest } = await client.query<{ ms: string | null }>(
      'SELECT max(created_at)::text AS ms FROM messages',
    )
    await client.query(
      `INSERT INTO meta (name, value) VALUES ('instance', gen_random_uuid()::text), ('restored_to', $1)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
      [new Date(Number(newest[0]?.ms ?? 0)).toISOString()],
    )
  } finally {
    await client.end()
  }
}
