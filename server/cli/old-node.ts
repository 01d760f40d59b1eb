import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What the prebuilt binary of SQLite asks of Node: an older one does not refuse it, but crashes in it. */
const NODE_API = 10
const FIRST_NODE = '22.14'

/** Where a binary lies that was compiled on this machine, which the package prefers; it fits older ones too. */
function compiledBinary(): string {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3/package.json')
  return join(dirname(sqlite), 'build', 'Release', 'better_sqlite3.node')
}

/** Why SQLite must not be loaded in this Node, in one line; null when it may be. Asked before it is. */
export function sqliteProblem(
  { node, napi }: { readonly node?: string; readonly napi?: string } = process.versions,
  hasCompiled: () => boolean = () => existsSync(compiledBinary()),
): string | null {
  if (Number(napi) >= NODE_API || hasCompiled()) return null
  return `Node ${node} is too old: SQLite needs ${FIRST_NODE} or newer`
}
