import type { ChangeOp, Wish } from './command.ts'

type Content<O extends ChangeOp> = (request: Wish<O>) => readonly unknown[]

/**
 * What makes two requests with one key the same request [V4]. Spelled out, and not the request itself, because its
 * hash is kept for ever: a field that a later version adds must not turn an old repeat into `key_reused`. New fields
 * go to the end, and only when they are set.
 */
const CONTENT: { readonly [O in ChangeOp]: Content<O> } = {
  send: (r) => [r.conversation, r.body, r.replyTo ?? null],
  edit: (r) => [r.message, r.body, r.baseVersion],
  delete: (r) => [r.message],
  react: (r) => [r.message, r.emoji, r.on],
  read: (r) => [r.conversation, r.seq],
  delivered: (r) => [r.conversation, r.seq],
  'conversation.create': (r) => [r.kind, r.title ?? null, r.members],
  'conversation.update': (r) => [r.conversation, r.title],
  'member.add': (r) => [r.conversation, r.user],
  'member.remove': (r) => [r.conversation, r.user],
  'member.role': (r) => [r.conversation, r.user, r.role],
}

/** The canonical content of a request, to be hashed: the op and its fields, without `id`, `key` and `after`. */
export function canonicalContent<O extends ChangeOp>(op: O, request: Wish<O>): string {
  const content: Content<O> = CONTENT[op]
  return JSON.stringify([op, ...content(request)])
}
