import type { Migration } from '../migrate.ts'

/** What a draft is about, as JSON: the message that it replies to, or the edit that was under way. */
export const draftAbout: Migration = {
  version: 4,
  up: 'ALTER TABLE drafts ADD COLUMN about TEXT;',
}
