import type { Migration } from '../migrate.ts'
import { initial } from './001-initial.ts'
import { receipts } from './002-receipts.ts'
import { kept } from './003-kept.ts'
import { draftAbout } from './004-draft-about.ts'
import { searchAsWritten } from './005-search-as-written.ts'
import { reading } from './006-reading.ts'

/** Every migration, in order of version. A released one is never changed; a new one is added behind it. */
export const MIGRATIONS: readonly Migration[] = [
  initial,
  receipts,
  kept,
  draftAbout,
  searchAsWritten,
  reading,
]
