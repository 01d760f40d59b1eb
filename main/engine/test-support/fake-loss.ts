import type { LostAccount } from '../../../protocol/http/accounts.ts'
import type { Id } from '../../../protocol/model/primitives.ts'
import type { FakeServer } from './fake-server.ts'

/** The server's database is lost, and it begins with an empty one. */
export function loseDatabase(server: FakeServer): void {
  for (const socket of [...server.sockets]) socket.close(null)
  server.instance = `${server.instance}, then another`
  server.users.clear()
  server.tokens.clear()
  server.streams.clear()
  server.conversations.clear()
  server.messages.clear()
  server.applied.clear()
}

/** Makes the conversations of an account that was lost again. */
export function remake(server: FakeServer, owner: Id, lost: LostAccount | undefined): void {
  for (const { id, title } of lost?.conversations ?? []) {
    server.createConversation(owner, title ?? '', [], id)
  }
}
