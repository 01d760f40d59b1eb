import type pg from 'pg'
import { ask, type Statement } from './connection.ts'
import { DatabaseTrouble, toStoreError } from './trouble.ts'

/**
 * Asks something that changes nothing, or the same however often it is done. A connection that was lost while it lay
 * idle shows only when it is used, so one loss is met by asking again on another.
 *
 * @throws StoreUnavailable when the database cannot answer now
 */
export async function askAgain<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    return await ask<Row>(pool, statement, values)
  } catch (error) {
    if (!(error instanceof DatabaseTrouble) || error.trouble !== 'connection') {
      throw toStoreError(error)
    }
  }
  return askOnce<Row>(pool, statement, values)
}

/**
 * Asks something that must not be done twice.
 *
 * @throws StoreUnavailable when the database cannot do it now; it may have been done if the connection was lost
 */
export async function askOnce<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: Statement,
  values: readonly unknown[],
): Promise<Row[]> {
  try {
    return await ask<Row>(pool, statement, values)
  } catch (error) {
    throw toStoreError(error)
  }
}
