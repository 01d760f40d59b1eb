import type { Change, Decision } from './change.ts'
import type { ChangeOp, Command, ReplyBody } from './command.ts'

/** The change that remembers a key together with its answer [V4]. */
function remember<O extends ChangeOp>(
  command: Command<O>,
  key: string,
  reply: ReplyBody<O>,
): Change {
  return {
    type: 'key.record',
    user: command.actor,
    key,
    op: command.op,
    fingerprint: command.fingerprint,
    reply: JSON.stringify(reply),
    created: null,
  }
}

/** A decision that changes something, with its answer remembered under the command's key. */
export function accept<O extends ChangeOp>(
  command: Command<O>,
  key: string,
  changes: readonly Change[],
  reply: ReplyBody<O>,
): Decision<O> {
  return {
    ok: true,
    changes: [...changes, remember(command, key, reply)],
    reply,
    duplicate: false,
  }
}

/** A decision that all is already as asked: nothing changes but that the key is taken. */
export function alreadySo<O extends ChangeOp>(
  command: Command<O>,
  key: string,
  reply: ReplyBody<O>,
): Decision<O> {
  return { ok: true, changes: [remember(command, key, reply)], reply, duplicate: true }
}
