import type { Migration } from '../migrate.ts'

/**
 * How far each member's devices have stored a conversation, and since when each is a member. Of those who came before,
 * 0: they count for every message, so that none is called delivered too early.
 */
export const receipts: Migration = {
  version: 3,
  sql: `
    ALTER TABLE memberships ADD COLUMN delivered_up_to INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE memberships ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
  `,
}
