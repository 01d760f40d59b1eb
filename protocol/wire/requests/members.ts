import { z } from 'zod'
import { Role } from '../../model/conversation.ts'
import { Id, Seq } from '../../model/primitives.ts'
import { changed, changing } from './envelope.ts'

const target = { conversation: Id, user: Id }

export const AddMemberRequest = z.object({ ...changing, op: z.literal('member.add'), ...target })
export type AddMemberRequest = z.infer<typeof AddMemberRequest>

/** Removes a member; removing oneself is leaving. */
export const RemoveMemberRequest = z.object({
  ...changing,
  op: z.literal('member.remove'),
  ...target,
})
export type RemoveMemberRequest = z.infer<typeof RemoveMemberRequest>

export const SetRoleRequest = z.object({
  ...changing,
  op: z.literal('member.role'),
  ...target,
  role: Role,
})
export type SetRoleRequest = z.infer<typeof SetRoleRequest>

/** The one shape of reply that all changes of membership have. */
export const MemberReply = z.object({ ...changed, seq: Seq })
export type MemberReply = z.infer<typeof MemberReply>
