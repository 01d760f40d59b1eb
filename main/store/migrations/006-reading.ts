import type { Migration } from '../migrate.ts'

/**
 * Where the user is in each conversation: the seq of the event that made them a member, as the server told it (null
 * while it has not), and the message at the top of the screen (null: at the end),
 * with how much of it is hidden above, in px.
 */
export const reading: Migration = {
  version: 6,
  up: `
    CREATE TABLE reading (
      conversation TEXT PRIMARY KEY,
      joined INTEGER,
      place INTEGER,
      place_px INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
  `,
}
