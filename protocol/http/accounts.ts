import { z } from 'zod'
import { MAX_REMADE, MAX_TITLE_LENGTH, MIN_PASSWORD_LENGTH } from '../limits.ts'
import { Id, Timestamp } from '../model/primitives.ts'
import { DisplayName, NewUsername, User } from '../model/user.ts'
import { WireError } from '../wire/error.ts'

/** 8 to 1,024 characters; the upper bound keeps hashing cheap to refuse. */
const Password = z.string().min(MIN_PASSWORD_LENGTH).max(1024)

/**
 * An account that the bundled server has lost, as the app that started it knows it: made again under its id, with its
 * conversations under theirs, so that what the app has still belongs to them. Taken from that app alone.
 */
export const LostAccount = z.object({
  id: Id,
  conversations: z
    .array(z.object({ id: Id, title: z.string().max(MAX_TITLE_LENGTH).nullable() }))
    .max(MAX_REMADE),
})
export type LostAccount = z.infer<typeof LostAccount>

/** POST /v1/accounts */
export const CreateAccountRequest = z.object({
  username: NewUsername,
  /** The username where it is left out. */
  displayName: DisplayName.optional(),
  password: Password,
  lost: LostAccount.optional(),
})
export type CreateAccountRequest = z.infer<typeof CreateAccountRequest>

/** POST /v1/sessions; no rule but a bound on the password, so that a wrong one is `unauthenticated`, not `invalid`. */
export const CreateSessionRequest = z.object({
  username: z.string().min(1).max(64),
  password: z.string().min(1).max(1024),
})
export type CreateSessionRequest = z.infer<typeof CreateSessionRequest>

/** Answer of both: a bearer token, and until when it is good. */
export const Session = z.object({ token: z.string().min(1), expiresAt: Timestamp, user: User })
export type Session = z.infer<typeof Session>

/** Body of every HTTP answer that is an error. */
export const HttpError = WireError
export type HttpError = z.infer<typeof HttpError>
