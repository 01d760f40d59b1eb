import { z } from 'zod'
import { MAX_MEMBERS } from '../../limits.ts'
import { Conversation, ConversationKind, Title } from '../../model/conversation.ts'
import { Id, Seq } from '../../model/primitives.ts'
import { asking, changed, changing, succeeded } from './envelope.ts'

/** Makes a conversation with the asker as owner; a direct one that exists is returned. `members` are the others. */
export const CreateConversationRequest = z.object({
  ...changing,
  op: z.literal('conversation.create'),
  kind: ConversationKind,
  title: Title.optional(),
  members: z.array(Id).max(MAX_MEMBERS),
})
export type CreateConversationRequest = z.infer<typeof CreateConversationRequest>

export const CreateConversationReply = z.object({ ...changed, conversation: Conversation })
export type CreateConversationReply = z.infer<typeof CreateConversationReply>

export const GetConversationRequest = z.object({
  ...asking,
  op: z.literal('conversation.get'),
  conversation: Id,
})
export type GetConversationRequest = z.infer<typeof GetConversationRequest>

export const GetConversationReply = z.object({ ...succeeded, conversation: Conversation })
export type GetConversationReply = z.infer<typeof GetConversationReply>

/** Renames a group; owners and admins only. */
export const UpdateConversationRequest = z.object({
  ...changing,
  op: z.literal('conversation.update'),
  conversation: Id,
  title: Title,
})
export type UpdateConversationRequest = z.infer<typeof UpdateConversationRequest>

export const UpdateConversationReply = z.object({ ...changed, seq: Seq })
export type UpdateConversationReply = z.infer<typeof UpdateConversationReply>
