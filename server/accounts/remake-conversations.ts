import { randomUUID } from 'node:crypto'
import type { LostAccount } from '../../protocol/http/accounts.ts'
import type { User } from '../../protocol/model/user.ts'
import type { RequestOf } from '../../protocol/wire/request.ts'
import { fingerprintOf } from '../store/fingerprint.ts'
import type { Store } from '../store/store.ts'

/**
 * Makes conversations that were lost with their database again, under the ids that the user's app knows them by, with
 * the user alone in them: who else was there is lost, too.
 */
export async function remakeConversations(
  store: Pick<Store, 'execute'>,
  user: User,
  conversations: LostAccount['conversations'],
): Promise<void> {
  for (const { id, title } of conversations) {
    const request: RequestOf<'conversation.create'> = {
      id: 0,
      op: 'conversation.create',
      key: randomUUID(),
      kind: 'group',
      members: [],
      ...(title !== null && { title }),
    }
    await store.execute({
      op: 'conversation.create',
      request,
      actor: user.id,
      fingerprint: fingerprintOf(request.op, request),
      freshId: id,
      lane: 0,
    })
  }
}
