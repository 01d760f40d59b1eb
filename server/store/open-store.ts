import type { Store, StoreOptions } from './store.ts'

/** Where the truth is kept: a folder of this machine's own, or a PostgreSQL that nodes share. */
export type StoreLocation =
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly connectionString: string }

/**
 * Opens the store, bringing its schema up to date. Only the driver that is needed is loaded.
 *
 * @throws what the store's own function throws: SchemaTooNew, FolderInUse, UnusableDatabase, StoreUnavailable
 */
export async function openStore(location: StoreLocation, options: StoreOptions): Promise<Store> {
  if (location.kind === 'folder') {
    const { openSqliteStore } = await import('./sqlite/sqlite-store.ts')
    return openSqliteStore(location.folder, options)
  }
  const { openPostgresStore } = await import('./postgres/postgres-store.ts')
  return openPostgresStore(location.connectionString, options)
}
