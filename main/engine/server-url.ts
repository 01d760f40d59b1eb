import type { StoredAccount } from '../store/settings-table.ts'

/**
 * Whether two are one account: ids of users are chosen by their servers, and another server may claim anybody's. So it
 * counts where the user went, and nothing that the server says of itself [O8]. The bundled one is one, at any port.
 */
export function isSameAccount(a: AccountPlace, b: AccountPlace, override: string | null): boolean {
  if (a.user.id !== b.user.id || a.server.kind !== b.server.kind) return false
  return a.server.kind === 'bundled' || placeOf(a, override) === placeOf(b, override)
}

/** Whose account, and where. */
export type AccountPlace = {
  readonly user: Pick<StoredAccount['user'], 'id'>
  readonly server: StoredAccount['server']
}

/** An address as all its spellings have it. */
function placeOf({ server }: AccountPlace, override: string | null): string {
  const url = serverUrlOf(server, override)
  const { origin, pathname } = URL.canParse(url) ? new URL(url) : { origin: url, pathname: '' }
  return origin + pathname.replace(/\/+$/, '')
}

/** Where an account's server is now: the address given from outside moves it, unless the user chose another one. */
export function serverUrlOf(server: StoredAccount['server'], override: string | null): string {
  const { kind, url, isChosen = false } = server
  return kind === 'bundled' || isChosen ? url : (override ?? url)
}
