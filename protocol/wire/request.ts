import { z } from 'zod'
import {
  CreateConversationReply,
  CreateConversationRequest,
  GetConversationReply,
  GetConversationRequest,
  UpdateConversationReply,
  UpdateConversationRequest,
} from './requests/conversations.ts'
import { DeleteReply, DeleteRequest } from './requests/delete.ts'
import { DeliveredReply, DeliveredRequest } from './requests/delivered.ts'
import { EditReply, EditRequest } from './requests/edit.ts'
import { EventsReply, EventsRequest } from './requests/events.ts'
import { HelloReply, HelloRequest } from './requests/hello.ts'
import { HistoryReply, HistoryRequest } from './requests/history.ts'
import {
  AddMemberRequest,
  MemberReply,
  RemoveMemberRequest,
  SetRoleRequest,
} from './requests/members.ts'
import { ReactReply, ReactRequest } from './requests/react.ts'
import { ReadReply, ReadRequest } from './requests/read.ts'
import { ReceiptsReply, ReceiptsRequest } from './requests/receipts.ts'
import { SendReply, SendRequest } from './requests/send.ts'
import { TypingReply, TypingRequest } from './requests/typing.ts'
import { FindUsersReply, FindUsersRequest } from './requests/users.ts'

/** Every request of the wire, told apart by `op`. */
export const Request = z.discriminatedUnion('op', [
  HelloRequest,
  SendRequest,
  EditRequest,
  DeleteRequest,
  ReactRequest,
  ReadRequest,
  DeliveredRequest,
  ReceiptsRequest,
  TypingRequest,
  EventsRequest,
  HistoryRequest,
  CreateConversationRequest,
  GetConversationRequest,
  UpdateConversationRequest,
  AddMemberRequest,
  RemoveMemberRequest,
  SetRoleRequest,
  FindUsersRequest,
])
export type Request = z.infer<typeof Request>
export type Op = Request['op']
export type RequestOf<O extends Op> = Extract<Request, { op: O }>

/** The schema of the reply that each op has when it succeeds. */
export const REPLIES = {
  hello: HelloReply,
  send: SendReply,
  edit: EditReply,
  delete: DeleteReply,
  react: ReactReply,
  read: ReadReply,
  delivered: DeliveredReply,
  receipts: ReceiptsReply,
  typing: TypingReply,
  events: EventsReply,
  history: HistoryReply,
  'conversation.create': CreateConversationReply,
  'conversation.get': GetConversationReply,
  'conversation.update': UpdateConversationReply,
  'member.add': MemberReply,
  'member.remove': MemberReply,
  'member.role': MemberReply,
  'users.find': FindUsersReply,
} as const satisfies Record<Op, z.ZodType>

/** The successful reply of an op. */
export type ReplyOf<O extends Op> = z.infer<(typeof REPLIES)[O]>
