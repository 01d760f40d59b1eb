import type { Migration } from '../migrate.ts'

/**
 * Which tokens were revoked of late: how nodes learn of it that no signal reached [V6]. `at` is by the database's
 * clock, which is one for all nodes.
 */
export const revocations: Migration = {
  version: 2,
  statements: [
    `CREATE TABLE revocations (
      token_hash bytea PRIMARY KEY,
      at timestamptz NOT NULL DEFAULT now()
    )`,
    'CREATE INDEX revocations_by_time ON revocations (at)',
  ],
}
