import { z } from 'zod'
import { MAX_TITLE_LENGTH } from '../limits.ts'
import { Id } from './primitives.ts'
import { ShownName, User } from './user.ts'

export const Role = z.enum(['owner', 'admin', 'member'])
export type Role = z.infer<typeof Role>

export const ConversationKind = z.enum(['direct', 'group'])
export type ConversationKind = z.infer<typeof ConversationKind>

/** A new title; those of before are read as they are. */
export const Title = ShownName.min(1).max(MAX_TITLE_LENGTH)

/**
 * A member with its role; a role of a newer version counts as the least. `profile` spares a look-up of every name; a
 * server may leave it out.
 */
export const Member = z.object({ user: Id, role: Role.catch('member'), profile: User.optional() })
export type Member = z.infer<typeof Member>

/**
 * A conversation as its members see it. A direct one has two members and no title; a kind of a newer version is taken for
 * a group.
 */
export const Conversation = z.object({
  id: Id,
  kind: ConversationKind.catch('group'),
  title: z.string().nullable(),
  members: z.array(Member),
})
export type Conversation = z.infer<typeof Conversation>
