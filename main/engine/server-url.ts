import type { StoredAccount } from '../store/settings-table.ts'

/** Where an account's server is now: the address given from outside moves it, unless the user chose another one. */
export function serverUrlOf(server: StoredAccount['server'], override: string | null): string {
  const { kind, url, isChosen = false } = server
  return kind === 'bundled' || isChosen ? url : (override ?? url)
}
