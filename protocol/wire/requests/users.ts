import { z } from 'zod'
import { MAX_PEOPLE_QUERY_LENGTH } from '../../limits.ts'
import { User } from '../../model/user.ts'
import { asking, succeeded } from './envelope.ts'

/** Finds users by any word of their username or display name, without case and accents (text/names.ts); 20 at most. */
export const FindUsersRequest = z.object({
  ...asking,
  op: z.literal('users.find'),
  query: z.string().trim().min(1).max(MAX_PEOPLE_QUERY_LENGTH),
})
export type FindUsersRequest = z.infer<typeof FindUsersRequest>

export const FindUsersReply = z.object({ ...succeeded, users: z.array(User) })
export type FindUsersReply = z.infer<typeof FindUsersReply>
