import type pg from 'pg'
import { StoreUnavailable } from '../store.ts'
import { ask, type Statement } from './connection.ts'
import { DatabaseTrouble, toStoreError } from './trouble.ts'

/**
 * Questions that may wait for a connection; beyond, the answer is `unavailable`. A whole office that comes back at
 * once asks a few for each client.
 */
const MAX_WAITING = 50_000
/** A connection that took longer than this to fail, in ms, did not lie dead: the database is out of reach. */
const FAILS_AT_ONCE_MS = 500

/**
 * Asks single statements over a pool, as many at once as it has connections. The others wait here, in order: the
 * pool's own queue would give up on them after the time that is allowed for connecting.
 */
export class Questions {
  readonly #pool: pg.Pool
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(pool: pg.Pool, connections: number) {
    this.#pool = pool
    this.#free = connections
  }

  /**
   * Asks something that changes nothing, or the same however often it is done. A connection that was lost while it
   * lay idle shows only when it is used, so one loss is met by asking again on another.
   *
   * @throws StoreUnavailable when the database cannot answer now
   */
  async again<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    return this.#inTurn(async () => {
      const asked = performance.now()
      try {
        return await ask<Row>(this.#pool, statement, values)
      } catch (error) {
        if (!(error instanceof DatabaseTrouble) || error.trouble !== 'connection') throw error
        if (performance.now() - asked > FAILS_AT_ONCE_MS) throw error
      }
      return ask<Row>(this.#pool, statement, values)
    })
  }

  /**
   * Asks something that must not be done twice.
   *
   * @throws StoreUnavailable when the database cannot do it now; it may have been done if the connection was lost
   */
  async once<Row extends pg.QueryResultRow>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    return this.#inTurn(() => ask<Row>(this.#pool, statement, values))
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1
    else await this.#turn()
    try {
      return await work()
    } catch (error) {
      throw toStoreError(error)
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new StoreUnavailable('too many questions are waiting for the database')
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }
}
