import { z } from 'zod'
import { MAX_DISPLAY_NAME_LENGTH, MAX_USERNAME_LENGTH, USERNAME_PATTERN } from '../limits.ts'
import { holdsUnseenMarks, isOfOneScript, isVisible, pilesMarks } from './name-rules.ts'
import { Id } from './primitives.ts'

/** Sign-in name: 1 to 64 letters (with their marks), digits, `.`, `_`, `-`; compared without case. */
export const Username = z.string().min(1).max(MAX_USERNAME_LENGTH).regex(USERNAME_PATTERN)

/**
 * The sign-in name of a new account: in the form that all ways of writing it have in common (NFKC), of one script, and
 * with nothing in it that is not seen. Accounts of before may have other names, so only what makes one asks for this.
 */
export const NewUsername = z
  .string()
  .max(MAX_USERNAME_LENGTH)
  .transform((name) => name.normalize('NFKC'))
  .pipe(
    Username.refine((name) => !holdsUnseenMarks(name), 'holds marks that are not seen')
      .refine((name) => !pilesMarks(name), 'piles up marks')
      .refine(isOfOneScript, 'mixes scripts'),
  )

/** A line that people read beside other texts: see name-rules.ts. */
export const ShownName = z
  .string()
  .refine((name) => !holdsUnseenMarks(name), 'holds marks that are not seen')
  .refine((name) => !pilesMarks(name), 'piles up marks')
  .refine(isVisible, 'shows nothing')
  .trim()

/** What people read: any line that shows something. */
export const DisplayName = ShownName.min(1).max(MAX_DISPLAY_NAME_LENGTH)

/** What one user may know of another. */
export const User = z.object({ id: Id, username: z.string(), displayName: z.string() })
export type User = z.infer<typeof User>
