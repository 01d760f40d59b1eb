import type { Migration } from '../migrate.ts'

/**
 * How far the members of each conversation have come, as the server told it, and how far the user's own messages stand
 * by that: kept apart, because it only grows, whoever leaves.
 */
export const receipts: Migration = {
  version: 2,
  up: `
    CREATE TABLE receipts (
      conversation TEXT NOT NULL,
      user TEXT NOT NULL,
      joined INTEGER NOT NULL,
      delivered INTEGER NOT NULL,
      read INTEGER NOT NULL,
      PRIMARY KEY (conversation, user)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE standings (
      conversation TEXT PRIMARY KEY,
      delivered INTEGER NOT NULL,
      read INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
}
