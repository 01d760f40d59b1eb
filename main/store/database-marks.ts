/** `application_id` of a profile's database: "Fery". Others of SQLite's users write their own, or none. */
export const APPLICATION_ID = 0x46657279

/** Tables that every profile has had since the first version: by these one without the mark is known. */
export const FIRST_TABLES = ['settings', 'secrets', 'outbox', 'drafts', 'cursors'] as const

/** Bytes of a database's header that are looked at: https://www.sqlite.org/fileformat.html#the_database_header */
export const HEADER_BYTES = 100

const MAGIC = 'SQLite format 3\0'
const USER_VERSION_AT = 60
const APPLICATION_ID_AT = 68

/** What the header of a database says of it. The log beside it may say otherwise: it is newer. */
export interface Header {
  readonly applicationId: number
  readonly userVersion: number
}

/** Reads a header; null when these bytes are none of a database. */
export function readHeader(bytes: Buffer): Header | null {
  if (bytes.length < HEADER_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return null
  return {
    applicationId: bytes.readInt32BE(APPLICATION_ID_AT),
    userVersion: bytes.readInt32BE(USER_VERSION_AT),
  }
}
