import type { Migration } from '../migrate.ts'

/**
 * What came and could not be read [O9, G1]: as it came, where it belongs, and why. Events of a stream each in their
 * place; of pushes and replies, which come again, the last of a kind. `newer` of a message: fields of a newer version.
 */
export const kept: Migration = {
  version: 3,
  up: `
    CREATE TABLE kept (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      stream TEXT NOT NULL,
      seq INTEGER NOT NULL,
      name TEXT NOT NULL,
      reason TEXT NOT NULL,
      raw TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX kept_by_place ON kept (stream, kind, seq, name);

    ALTER TABLE messages ADD COLUMN newer TEXT;
  `,
}
