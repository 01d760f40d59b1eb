import type { z } from 'zod'
import { StorageError } from './storage-error.ts'

/**
 * A row as the schema of its columns says. The tables are STRICT, so that another shape means a damaged file: throws
 * StorageError `corrupt`.
 */
export function readRow<T>(schema: z.ZodType<T>, raw: unknown): T {
  const row = schema.safeParse(raw)
  if (row.success) return row.data
  throw new StorageError('corrupt', `a row has another shape: ${row.error.message}`)
}
