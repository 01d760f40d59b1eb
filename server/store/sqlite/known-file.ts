import {
  type BigIntStats,
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** What the folder knows of the database that ran in it last. Beside it, so that no copy of the database takes it along. */
export const KNOWN_FILE = 'server.instance'

/** Stands for the name of a run in a database that no run wrote into. */
export const NO_RUN = 'none'

/** Which file it is, and not what is in it: a copy is another. */
const FileIdentity = z.object({
  /** Its number in its file system. */
  number: z.string(),
  /** When it was made, in ns: numbers are used again. */
  born: z.string(),
})
type FileIdentity = z.infer<typeof FileIdentity>

const Known = z.object({
  /** Name of the database's life, for whoever looks at it. */
  instance: z.string(),
  /** Names of runs: the database holds one of them, unless another was put in its place. */
  runs: z.array(z.string()).min(1).max(2),
  /** The database's file; null before there was one. */
  database: FileIdentity.nullable(),
  /** The file that this stands in: put back with the whole folder, it is another. */
  self: FileIdentity,
})

/** What is known of a folder, and whether that is the file that was written here. */
export interface Known {
  readonly runs: readonly string[]
  /** Whether neither this knowledge nor, as far as it knows one, the database's file was copied or put back. */
  readonly isInPlace: boolean
}

/** It was there, but fits nothing: whatever is beside it is taken for a copy. */
const UNREADABLE: Known = { runs: [], isInPlace: false }

/** Reads what is known of the folder; null when no server ran in it. */
export function readKnown(folder: string, databaseFile: string): Known | null {
  const file = join(folder, KNOWN_FILE)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const known = Known.safeParse(parse(text))
  if (!known.success) return UNREADABLE
  const { runs, database, self } = known.data
  const isInPlace =
    isSame(self, file) && (database === null || isSame(database, join(folder, databaseFile)))
  return { runs, isInPlace }
}

/** Writes down what is known from now on; on the disk when it returns. */
export function writeKnown(
  folder: string,
  databaseFile: string,
  known: { readonly instance: string; readonly runs: readonly string[] },
): void {
  const file = join(folder, KNOWN_FILE)
  const fresh = `${file}.new`
  const descriptor = openSync(fresh, 'w', 0o600)
  try {
    const self = identify(fstatSync(descriptor, { bigint: true }))
    const database = identityAt(join(folder, databaseFile))
    writeSync(descriptor, `${JSON.stringify({ ...known, database, self })}\n`)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(fresh, file)
}

function identityAt(file: string): FileIdentity | null {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? null : identify(stats)
}

function identify({ ino, birthtimeNs }: BigIntStats): FileIdentity {
  return { number: String(ino), born: String(birthtimeNs) }
}

function isSame(one: FileIdentity, file: string): boolean {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false })
  if (stats === undefined || one.number !== String(stats.ino)) return false
  // Where it is not kept when a file was made, Node tells the time of its last change, or zero.
  const isKept = stats.birthtimeNs !== 0n && stats.birthtimeNs !== stats.ctimeNs
  return !isKept || one.born === String(stats.birthtimeNs)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Half-written: it fits nothing.
    return null
  }
}
