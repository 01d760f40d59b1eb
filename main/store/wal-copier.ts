/**
 * Copies the write-ahead log of a database into it, so that the log can begin anew, beside the process that writes.
 * While a copy is under way the database can be read and written.
 */
export interface WalCopier {
  /** Resolves when it is done: true, or false when it could not be. Never rejects. One copy at a time. */
  copy(): Promise<boolean>
  /** Lets go of the database, for good; waits for a copy under way, and blocks meanwhile. */
  close(): void
}

/** Makes the copier of a database. */
export type OpenWalCopier = (database: string) => WalCopier
