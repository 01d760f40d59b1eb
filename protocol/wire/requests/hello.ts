import { z } from 'zod'
import { Cursors, Timestamp } from '../../model/primitives.ts'
import { User } from '../../model/user.ts'
import { asking, succeeded } from './envelope.ts'

/** A list that does not fit is no reason to refuse anybody. */
const Version = z.int().min(1).optional().catch(undefined)
const Features = z.array(z.string()).optional().catch(undefined)

/** First request of a connection: who is asking, from which device, and how far it has read [V5]. */
export const HelloRequest = z.object({
  ...asking,
  op: z.literal('hello'),
  token: z.string().min(1).max(512),
  device: z.string().min(1).max(128),
  cursors: Cursors,
  /** Version of the client, and what it understands; none of a client of the first version. */
  protocol: Version,
  features: Features,
})
export type HelloRequest = z.infer<typeof HelloRequest>

const ServerInfo = z.object({
  version: z.string(),
  editWindowMs: z.number(),
  maxBodyBytes: z.number(),
  /** Changes when the server's database was made anew, so that cursors of another life are told apart. */
  instance: z.string().optional(),
  /** Set when it was put back from a backup: what another instance said at this time or later, it may not have. */
  restoredTo: Timestamp.optional(),
  /** Whether `after` is honoured in changes; without it a client waits for each reply before the next change. */
  ordered: z.boolean().optional(),
  /** Version of the server, the oldest client that it understands, and what it can [G1, G2]. */
  protocol: Version,
  minProtocol: Version,
  features: Features,
})
export type ServerInfo = z.infer<typeof ServerInfo>

/** `heads` names every stream that the user may read. Events after each cursor follow, then live ones. */
export const HelloReply = z.object({ ...succeeded, user: User, server: ServerInfo, heads: Cursors })
export type HelloReply = z.infer<typeof HelloReply>
