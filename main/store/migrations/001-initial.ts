import type { Migration } from '../migrate.ts'

/**
 * The first schema. All times are ms since the epoch. What has an open shape (operations, members, reactions, settings)
 * is JSON, validated by schema when read.
 *
 * A conversation's confirmed messages are one `log`. When a server was restored its log is replaced: the old one is
 * only marked, and swept away in small steps, so that no transaction has to delete a hundred thousand rows [S6].
 *
 * `place` orders messages by time over all conversations (see message-place.ts), so that the search, which can only
 * order by rowid without reading every match, finds the newest first.
 */
export const initial: Migration = {
  version: 1,
  up: `
    CREATE TABLE settings (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE secrets (
      name TEXT PRIMARY KEY,
      sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE outbox (
      key TEXT NOT NULL UNIQUE,
      ordinal INTEGER NOT NULL,
      conversation TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      record TEXT NOT NULL
    ) STRICT;

    CREATE TABLE cursors (
      stream TEXT PRIMARY KEY,
      applied INTEGER NOT NULL,
      floor INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE users (
      id TEXT PRIMARY KEY,
      username TEXT NOT NULL,
      display_name TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE conversations (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      title TEXT,
      members TEXT NOT NULL,
      member INTEGER NOT NULL,
      read_up_to INTEGER NOT NULL,
      known_since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE drafts (
      conversation TEXT PRIMARY KEY,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE logs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      conversation TEXT UNIQUE,
      fetched_from INTEGER
    ) STRICT;

    CREATE TABLE messages (
      place INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      log INTEGER NOT NULL REFERENCES logs (id),
      seq INTEGER NOT NULL,
      author TEXT NOT NULL,
      key TEXT,
      body TEXT,
      version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      edited_at INTEGER,
      deleted_at INTEGER,
      reply_to TEXT,
      reactions TEXT
    ) STRICT;
    CREATE INDEX messages_by_seq ON messages (log, seq, author, deleted_at);
    CREATE INDEX messages_by_reply ON messages (reply_to) WHERE reply_to IS NOT NULL;
    CREATE INDEX messages_by_key ON messages (key) WHERE key IS NOT NULL;

    CREATE VIRTUAL TABLE message_search USING fts5 (
      words,
      columnsize = 0,
      tokenize = 'unicode61 remove_diacritics 0',
      prefix = '1 2'
    );
    INSERT INTO message_search (message_search, rank) VALUES ('secure-delete', 1);
    INSERT INTO message_search (message_search, rank) VALUES ('automerge', 0);
    INSERT INTO message_search (message_search, rank) VALUES ('crisismerge', 1999);
  `,
}
