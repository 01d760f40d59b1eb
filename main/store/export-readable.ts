import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import { countRows, type DamagedDatabase, openDamaged, readableRows } from './read-damaged.ts'

/** What is exported: nothing that is secret (sessions), nothing that can be made again (the search index). */
const EXPORTED_TABLES = [
  { table: 'users', by: 'id' },
  { table: 'conversations', by: 'id' },
  { table: 'logs', by: 'id' },
  { table: 'messages', by: 'place' },
  { table: 'outbox', by: 'rowid' },
  { table: 'drafts', by: 'conversation' },
  { table: 'kept', by: 'id' },
] as const

type ExportedTable = (typeof EXPORTED_TABLES)[number]

/** Rows written between two pauses, in which the process does other things. */
const ROWS_A_STEP = 200

interface Counts {
  rows: number
  unreadable: number
}

/**
 * Writes every row that can be read as a line of JSON (`{"table":…,"row":{…}}`) to `target`, from a database that may
 * be damaged: a table that breaks off is read from its other end too. The database is only read. `unreadable` counts
 * rows that are known to be missing, at least one for each break. Rejects when `target` cannot be written.
 */
export async function exportReadable(database: string, target: string): Promise<Counts> {
  const output = createWriteStream(target, { mode: 0o600 })
  await once(output, 'open')
  const counts = { rows: 0, unreadable: 0 }
  let damaged: DamagedDatabase | null = null
  try {
    damaged = openDamaged(database)
    if (damaged === null) counts.unreadable += 1
    else for (const table of EXPORTED_TABLES) await exportTable(damaged.db, table, output, counts)
  } finally {
    damaged?.close()
    output.end()
  }
  await finished(output)
  return counts
}

async function exportTable(
  db: Database.Database,
  { table, by }: ExportedTable,
  output: WriteStream,
  counts: Counts,
): Promise<void> {
  const write = async (direction: 'ASC' | 'DESC', until: unknown) => {
    const query = `SELECT ${by} AS place, * FROM ${table} ORDER BY ${by} ${direction}`
    let last: unknown
    let rows = 0
    for (const read of readableRows(db, query)) {
      if (read === 'broken') return { last, rows, isWhole: false }
      if (read.place === until) break
      const { place, ...row } = read
      last = place
      rows += 1
      if (!output.write(`${JSON.stringify({ table, row })}\n`)) await once(output, 'drain')
      if (rows % ROWS_A_STEP === 0) await setImmediate()
    }
    return { last, rows, isWhole: true }
  }
  const forward = await write('ASC', undefined)
  counts.rows += forward.rows
  if (forward.isWhole) return
  const backward = await write('DESC', forward.last)
  counts.rows += backward.rows
  counts.unreadable += Math.max(countRows(db, table) - forward.rows - backward.rows, 1)
}
