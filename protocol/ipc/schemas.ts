import { z } from 'zod'
import {
  MAX_EMOJI_LENGTH,
  MAX_MEMBERS,
  MAX_OUTBOX_PAGE,
  MAX_PEOPLE_QUERY_LENGTH,
  MAX_TEXT_LENGTH,
} from '../limits.ts'
import { Title } from '../model/conversation.ts'
import { Cursor, Id, IdempotencyKey, Seq } from '../model/primitives.ts'
import { DisplayName, Username } from '../model/user.ts'
import { type Method, REPAIR_WAYS } from './channels.ts'

/** Arguments of every method, validated in main: the renderer is not trusted. */

const none = z.undefined()
/** Key of a message on screen: an idempotency key or an id. */
const messageKey = z.string().min(1).max(64)
/** Text the user typed. Larger than a body may be, so that "too large" is shown and the text kept, not refused here. */
const text = z.string().max(MAX_TEXT_LENGTH)
/** The message that a draft is about: a reply to it, or an edit of it with the text that it began from. */
const draftAbout = z.union([
  z.object({ kind: z.literal('reply'), message: messageKey }),
  z.object({ kind: z.literal('edit'), message: messageKey, original: text, text }),
])
const credentials = z.object({
  serverUrl: z.url({ protocol: /^https?$/ }).max(2048),
  username: Username,
  password: z.string().min(1).max(1024),
  /** Another account may take the place of the one that is signed out; what that one has to send is kept for it. */
  keepOther: z.boolean().optional(),
  /** The user was told that what is written to this address can be read on the way. */
  confirmedInsecure: z.boolean().optional(),
})
/** What is typed into the search box. */
const searchQuery = z.string().max(200)
/** Key of an operation; of one whose row cannot be read, whatever stands there. */
const operation = z.object({ key: z.string().min(1).max(1024) })

export const ARGUMENTS = {
  getState: none,
  startOnThisComputer: z.object({ displayName: DisplayName }),
  signIn: credentials,
  createAccount: credentials.extend({ displayName: DisplayName.optional() }),
  signOut: none,
  /** Puts an account that is not in use in the place of the one that is signed out. */
  switchAccount: z.object({ id: z.string().min(1).max(255) }),
  tryNow: none,
  reportNetwork: z.object({ online: z.boolean() }),
  listConversations: none,
  createConversation: z.object({
    key: IdempotencyKey,
    title: Title.optional(),
    usernames: z.array(Username).max(MAX_MEMBERS),
  }),
  addMember: z.object({ key: IdempotencyKey, conversation: Id, username: Username }),
  removeMember: z.object({ key: IdempotencyKey, conversation: Id, user: Id }),
  findUsers: z.object({ query: z.string().trim().min(1).max(MAX_PEOPLE_QUERY_LENGTH) }),
  /** `before` is the seq of the oldest message that is already shown. */
  getMessages: z.object({
    conversation: Id,
    before: Seq.optional(),
    limit: z.int().min(1).max(200),
  }),
  sendMessage: z.object({
    key: IdempotencyKey,
    conversation: Id,
    body: text.min(1),
    replyTo: messageKey.optional(),
  }),
  /** `original`: the text that the user began from; where it is no longer the message's, the edit is a conflict. */
  editMessage: z.object({
    key: IdempotencyKey,
    message: messageKey,
    body: text.min(1),
    original: text.optional(),
  }),
  deleteMessage: z.object({ key: IdempotencyKey, message: messageKey }),
  reactToMessage: z.object({
    key: IdempotencyKey,
    message: messageKey,
    emoji: z.string().min(1).max(MAX_EMOJI_LENGTH),
    on: z.boolean(),
  }),
  markRead: z.object({ conversation: Id, seq: Cursor }),
  /** The message at the top of the screen; null: the end is in sight. */
  keepPlace: z.object({
    conversation: Id,
    place: z.object({ seq: Seq, hiddenPx: z.int().min(0).max(1_000_000) }).nullable(),
  }),
  /** The conversation that is on screen. */
  keepOpen: z.object({ conversation: Id }),
  saveDraft: z.object({ conversation: Id, body: text, about: draftAbout.nullable().optional() }),
  reportTyping: z.object({ conversation: Id }),
  listOutbox: z.object({ limit: z.int().min(1).max(MAX_OUTBOX_PAGE) }),
  retryOperation: operation,
  discardOperation: operation,
  /** Takes back a deletion or a discard that is listed as `undoable`. */
  undo: operation,
  /** The whole text of a message or an edit that is not confirmed, to be copied. */
  operationText: operation,
  retryAll: none,
  resolveConflict: z.object({ key: IdempotencyKey, choice: z.enum(['mine', 'theirs']) }),
  searchMessages: z.object({ query: searchQuery, limit: z.int().min(1).max(50) }),
  searchScope: z.object({ query: searchQuery }),
  searchOlder: z.object({ query: searchQuery }),
  copyText: z.object({ text }),
  exportReadableData: none,
  repairData: z.object({ way: z.enum(REPAIR_WAYS) }),
  setServerDataAside: none,
  reportPainted: none,
} as const satisfies Record<Method, z.ZodType>

export type ArgumentOf<M extends Method> = z.infer<(typeof ARGUMENTS)[M]>
