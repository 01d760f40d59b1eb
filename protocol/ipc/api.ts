import type { Id } from '../model/primitives.ts'
import type { User } from '../model/user.ts'
import type { Method } from './channels.ts'
import type { ArgumentOf } from './schemas.ts'
import type { SearchAnswer, SearchScope } from './search.ts'
import type {
  AppEvent,
  AppState,
  ConversationView,
  FailureView,
  MessagesPage,
  OutboxPage,
} from './views.ts'

/** An answer that may be a refusal; the refusal is data, never an exception across the bridge. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: FailureView }

/** What each method answers. Methods that only write locally answer once the row is durable [O1]. */
export interface Results {
  getState: AppState
  startOnThisComputer: Result<{ conversation: Id }>
  signIn: Result<null>
  createAccount: Result<null>
  signOut: Result<null>
  switchAccount: Result<null>
  tryNow: null
  reportNetwork: null
  listConversations: ConversationView[]
  createConversation: Result<{ conversation: Id }>
  addMember: Result<null>
  removeMember: Result<null>
  findUsers: Result<User[]>
  getMessages: Result<MessagesPage>
  sendMessage: Result<null>
  editMessage: Result<null>
  deleteMessage: Result<null>
  reactToMessage: Result<null>
  markRead: null
  keepPlace: null
  keepOpen: null
  saveDraft: null
  reportTyping: null
  listOutbox: OutboxPage
  retryOperation: Result<null>
  discardOperation: Result<null>
  undo: Result<null>
  operationText: Result<string>
  retryAll: Result<null>
  resolveConflict: Result<null>
  searchMessages: Result<SearchAnswer>
  searchScope: Result<SearchScope>
  /** Fetches some older messages from the server, so that they are found too. */
  searchOlder: Result<SearchScope>
  copyText: null
  exportReadableData: Result<{ path: string } | null>
  /** Sets data that cannot be used aside, and goes on by one of `ways`. */
  repairData: Result<null>
  /** Sets the damaged data of the server on this computer aside, for it to begin anew. */
  setServerDataAside: Result<null>
  reportPainted: null
}

type Call<M extends Method> =
  undefined extends ArgumentOf<M>
    ? () => Promise<Results[M]>
    : (argument: ArgumentOf<M>) => Promise<Results[M]>

/** `window.ferry`: all that the renderer can do beyond drawing. */
export type FerryApi = { readonly [M in Method]: Call<M> } & {
  /** Calls `listener` for each event until the returned function is called. */
  readonly subscribe: (listener: (event: AppEvent) => void) => () => void
}
