import type { ConversationRow } from '../rows.ts'

/** A group of three that decisions are tried on. */
export const group: ConversationRow = {
  id: 'harbour',
  kind: 'group',
  title: 'Harbour',
  head: 7,
  members: 3,
  owners: 1,
}
