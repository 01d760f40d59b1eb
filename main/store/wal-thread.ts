/**
 * The thread that copies the write-ahead log: two fsyncs and some MiB of writing that the process would wait for [S6].
 * The database is open during a copy only, so that the thread never keeps the last word on it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { type CopyEnded, HOLD, type WalThreadData } from './wal-thread-protocol.ts'

const { database, hold }: WalThreadData = workerData

/** Copies what it can; answers what went wrong. */
function copy(): string | null {
  let db: Database.Database | null = null
  try {
    db = new Database(database, { fileMustExist: true })
    // Neither waits for readers or the writer, nor makes them wait: what a reader needs is left to the next time.
    db.pragma('wal_checkpoint(PASSIVE)')
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    db?.close()
  }
}

parentPort?.on('message', () => {
  // Meanwhile the profile may have been closed.
  if (Atomics.compareExchange(hold, 0, HOLD.asked, HOLD.open) !== HOLD.asked) return
  const ended: CopyEnded = { problem: copy() }
  Atomics.store(hold, 0, HOLD.none)
  Atomics.notify(hold, 0)
  parentPort?.postMessage(ended)
})
