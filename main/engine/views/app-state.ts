import type {
  AppState,
  ConnectionView,
  Notice,
  OtherAccountView,
  SessionView,
  StorageView,
} from '../../../protocol/ipc/views.ts'
import {
  DEFAULT_EDIT_WINDOW_MS,
  MAX_BODY_BYTES,
  MAX_OUTBOX_OPERATIONS,
} from '../../../protocol/limits.ts'
import { featuresOf } from '../../../protocol/wire/versions.ts'
import type { StoredAccount } from '../../store/settings-table.ts'
import type { ConnectionState } from '../../sync/connection.ts'
import type { Undoable } from '../../sync/outbox-undo.ts'
import { shownUser } from '../names.ts'
import { serverUrlOf } from '../server-url.ts'

/** What the state of the app is made of. */
export interface AppStateParts {
  /** Whether the profile is open: until then nobody knows whether there is an account. */
  readonly isOpen: boolean
  /** null: welcome, or starting. */
  readonly account: StoredAccount | null
  readonly otherAccounts: readonly OtherAccountView[]
  readonly isStarting: boolean
  readonly serverUrlOverride: string | null
  readonly connection: ConnectionState
  readonly counts: { waiting: number; failed: number }
  readonly undoable: readonly Undoable[]
  readonly storage: StorageView
  readonly damagedServer: string | null
  readonly notice: Notice | null
  readonly lastConversation: string | null
  readonly platform: AppState['platform']
  /** Steady clock, ms: countdowns are told as durations. */
  readonly monotonicMs: number
}

/** The limits of a server that has not spoken yet. */
export const DEFAULT_LIMITS: AppState['limits'] = {
  editWindowMs: DEFAULT_EDIT_WINDOW_MS,
  maxBodyBytes: MAX_BODY_BYTES,
}

/** The state of the app, for the screen. */
export function appState(parts: AppStateParts): AppState {
  const { account, counts, storage, notice, lastConversation, platform } = parts
  return {
    session: sessionView(parts),
    otherAccounts: [...parts.otherAccounts],
    connection: connectionView(parts),
    outbox: { ...counts, limit: MAX_OUTBOX_OPERATIONS },
    undoable: parts.undoable.map(({ dueAt, ...rest }) => ({
      ...rest,
      leftMs: Math.max(dueAt - parts.monotonicMs, 0),
    })),
    storage,
    damagedServer: parts.damagedServer,
    limits: account?.limits ?? DEFAULT_LIMITS,
    features: featuresOf(account?.peer ?? null),
    notice,
    lastConversation,
    platform,
  }
}

/** Welcome is for a profile that is open and nobody's, and for nothing else. */
function sessionView({
  account,
  isOpen,
  isStarting,
  serverUrlOverride,
}: AppStateParts): SessionView {
  if (isStarting || !isOpen) return { status: 'starting' }
  if (account === null) return { status: 'welcome', serverUrl: serverUrlOverride }
  const { user, server, session } = account
  return {
    status: session === 'signed-in' ? 'signed-in' : 'signed-out',
    user: shownUser(user),
    server: { kind: server.kind, url: serverUrlOf(server, serverUrlOverride) },
  }
}

function connectionView({ account, connection, monotonicMs }: AppStateParts): ConnectionView {
  if (account !== null && account.session !== 'signed-in') return { status: 'signed-out' }
  switch (connection.status) {
    case 'online':
    case 'signed-out':
    case 'outdated':
      return { status: connection.status }
    case 'stopped':
    case 'connecting':
      return { status: 'connecting' }
    case 'offline': {
      const { retryAtMs, reason } = connection
      return { status: 'offline', retryInMs: Math.max(retryAtMs - monotonicMs, 0), reason }
    }
  }
}
