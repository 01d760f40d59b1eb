import { z } from 'zod'
import { MAX_DISPLAY_NAME_LENGTH, MAX_USERNAME_LENGTH, USERNAME_PATTERN } from '../limits.ts'
import { Id } from './primitives.ts'

/** Sign-in name: 1 to 64 letters (with their marks), digits, `.`, `_`, `-`; compared without case. */
export const Username = z.string().min(1).max(MAX_USERNAME_LENGTH).regex(USERNAME_PATTERN)

/** What people read: any text that is not blank. */
export const DisplayName = z.string().trim().min(1).max(MAX_DISPLAY_NAME_LENGTH)

/** What one user may know of another. */
export const User = z.object({ id: Id, username: z.string(), displayName: z.string() })
export type User = z.infer<typeof User>
