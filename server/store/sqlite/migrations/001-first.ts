import type { Migration } from '../migrate.ts'

/**
 * The first schema. `streams.n` is a small number for what is referred to in every event. A message's body as it was
 * created is in its `message.created` event and nowhere else; `messages` keeps what happened to it since.
 * Times are ms since the epoch.
 */
export const first: Migration = {
  version: 1,
  sql: `
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta (name, value) VALUES ('instance', lower(hex(randomblob(16))));

    CREATE TABLE users (
      id TEXT PRIMARY KEY,
      username TEXT NOT NULL,
      username_key TEXT NOT NULL UNIQUE,
      display_name TEXT NOT NULL,
      display_key TEXT NOT NULL,
      password_hash TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX users_by_display ON users (display_key);

    CREATE TABLE sessions (
      token_hash BLOB PRIMARY KEY,
      user TEXT NOT NULL REFERENCES users (id),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX sessions_by_expiry ON sessions (expires_at);

    CREATE TABLE streams (
      n INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      head INTEGER NOT NULL DEFAULT 0,
      relayed INTEGER NOT NULL DEFAULT 0
    );

    CREATE TABLE events (
      n INTEGER PRIMARY KEY,
      stream INTEGER NOT NULL REFERENCES streams (n),
      seq INTEGER NOT NULL,
      type TEXT NOT NULL,
      data TEXT NOT NULL
    );
    CREATE UNIQUE INDEX events_by_stream ON events (stream, seq);

    CREATE TABLE conversations (
      id TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      title TEXT,
      direct_key TEXT UNIQUE,
      members INTEGER NOT NULL DEFAULT 0,
      owners INTEGER NOT NULL DEFAULT 0,
      created_at INTEGER NOT NULL
    ) WITHOUT ROWID;

    CREATE TABLE memberships (
      conversation TEXT NOT NULL REFERENCES conversations (id),
      user TEXT NOT NULL REFERENCES users (id),
      role TEXT,
      seq INTEGER NOT NULL,
      read_up_to INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (conversation, user)
    ) WITHOUT ROWID;
    CREATE INDEX memberships_by_user ON memberships (user) WHERE role IS NOT NULL;

    CREATE TABLE messages (
      id TEXT PRIMARY KEY,
      stream INTEGER NOT NULL REFERENCES streams (n),
      seq INTEGER NOT NULL,
      author TEXT NOT NULL,
      version INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      edited_body TEXT,
      edited_at INTEGER,
      deleted_at INTEGER,
      deleted_seq INTEGER
    ) WITHOUT ROWID;

    CREATE TABLE message_edits (
      message TEXT NOT NULL REFERENCES messages (id),
      seq INTEGER NOT NULL,
      PRIMARY KEY (message, seq)
    ) WITHOUT ROWID;

    CREATE TABLE reactions (
      message TEXT NOT NULL REFERENCES messages (id),
      emoji TEXT NOT NULL,
      user TEXT NOT NULL REFERENCES users (id),
      seq INTEGER NOT NULL,
      PRIMARY KEY (message, emoji, user)
    ) WITHOUT ROWID;

    CREATE TABLE keys (
      user TEXT NOT NULL,
      key BLOB NOT NULL,
      op TEXT NOT NULL,
      fingerprint BLOB NOT NULL,
      reply TEXT,
      stream INTEGER,
      seq INTEGER,
      PRIMARY KEY (user, key)
    ) WITHOUT ROWID;
  `,
}
