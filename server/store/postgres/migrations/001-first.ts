import type { Migration } from '../migrate.ts'

/**
 * The first schema. Ids compare by bytes (COLLATE "C"), so that every node locks rows in the same order. `json` is
 * text because what is sent is exactly what was stored. Times are ms since the epoch.
 */
export const first: Migration = {
  version: 1,
  statements: [
    'CREATE TABLE meta (name text PRIMARY KEY, value text NOT NULL)',
    "INSERT INTO meta (name, value) VALUES ('instance', gen_random_uuid()::text)",

    `CREATE TABLE users (
      id text COLLATE "C" PRIMARY KEY,
      username text NOT NULL,
      username_key text COLLATE "C" NOT NULL UNIQUE,
      display_name text NOT NULL,
      display_key text COLLATE "C" NOT NULL,
      password_hash text NOT NULL,
      created_at bigint NOT NULL
    )`,
    'CREATE INDEX users_by_display_name ON users (display_key)',

    `CREATE TABLE sessions (
      token_hash bytea PRIMARY KEY,
      user_id text COLLATE "C" NOT NULL REFERENCES users,
      created_at bigint NOT NULL,
      expires_at bigint NOT NULL
    )`,
    'CREATE INDEX sessions_by_expiry ON sessions (expires_at)',

    // A row a stream: its lock excludes every other change of the conversation [V1], its head numbers events [V2].
    // Half of each page is left free so that moving a head stays on its page and touches no index.
    `CREATE TABLE streams (
      stream text COLLATE "C" PRIMARY KEY,
      head bigint NOT NULL DEFAULT 0 CHECK (head >= 0),
      relayed bigint NOT NULL DEFAULT 0,
      behind boolean NOT NULL DEFAULT false
    ) WITH (fillfactor = 50)`,
    'CREATE INDEX streams_behind ON streams (stream) WHERE behind',

    `CREATE TABLE conversations (
      id text COLLATE "C" PRIMARY KEY REFERENCES streams,
      kind text NOT NULL CHECK (kind IN ('direct', 'group')),
      title text,
      direct_key text COLLATE "C" UNIQUE,
      members integer NOT NULL DEFAULT 0,
      owners integer NOT NULL DEFAULT 0,
      created_at bigint NOT NULL
    )`,

    `CREATE TABLE memberships (
      conversation text COLLATE "C" NOT NULL REFERENCES conversations,
      user_id text COLLATE "C" NOT NULL REFERENCES users,
      role text CHECK (role IN ('owner', 'admin', 'member')),
      seq bigint NOT NULL,
      read_up_to bigint NOT NULL DEFAULT 0,
      PRIMARY KEY (conversation, user_id)
    ) WITH (fillfactor = 80)`,
    'CREATE INDEX memberships_by_user ON memberships (user_id) WHERE role IS NOT NULL',

    `CREATE TABLE messages (
      id text COLLATE "C" PRIMARY KEY,
      conversation text COLLATE "C" NOT NULL,
      seq bigint NOT NULL,
      author text COLLATE "C" NOT NULL,
      key text NOT NULL,
      body text,
      version integer NOT NULL,
      created_at bigint NOT NULL,
      edited_at bigint,
      deleted_at bigint,
      deleted_seq bigint,
      reply_to text COLLATE "C",
      CHECK ((body IS NULL) = (deleted_at IS NOT NULL)),
      UNIQUE (conversation, seq)
    )`,

    `CREATE TABLE events (
      stream text COLLATE "C" NOT NULL,
      seq bigint NOT NULL CHECK (seq > 0),
      at bigint NOT NULL,
      type text NOT NULL,
      message text COLLATE "C",
      json text NOT NULL,
      PRIMARY KEY (stream, seq)
    )`,
    // message.created is found by the message's own seq; edits are few.
    "CREATE INDEX events_of_edits ON events (message) WHERE type = 'message.edited'",

    `CREATE TABLE reactions (
      message text COLLATE "C" NOT NULL,
      emoji text COLLATE "C" NOT NULL,
      user_id text COLLATE "C" NOT NULL,
      seq bigint NOT NULL,
      PRIMARY KEY (message, emoji, user_id)
    )`,

    `CREATE TABLE keys (
      user_id text COLLATE "C" NOT NULL,
      key uuid NOT NULL,
      op text NOT NULL,
      fingerprint bytea NOT NULL,
      reply text,
      created_stream text COLLATE "C",
      created_seq bigint,
      PRIMARY KEY (user_id, key)
    )`,
  ],
}
