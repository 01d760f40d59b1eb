import type { Result } from '../../protocol/ipc/api.ts'
import type { AppState, FailureView, RepairWay } from '../../protocol/ipc/views.ts'
import { storageErrorOf } from '../store/storage-error.ts'
import type { AccountFlow } from './account-flow.ts'
import type { BundledAccount } from './bundled-account.ts'
import type { EngineHandlers } from './engine-api.ts'
import type { Profile } from './profile.ts'
import type { ProfileCore } from './profile-core.ts'
import { conversationViews } from './views/conversation-views.ts'
import { operationText, outboxPage } from './views/outbox-views.ts'
import type { WatchedServer } from './watched-server.ts'

/** What the handlers stand on. */
export interface HandlerGround {
  /** null while the database cannot be used. */
  readonly profile: () => Profile | null
  readonly state: () => AppState
  readonly accounts: AccountFlow
  readonly bundled: BundledAccount
  /** Runs `work` with the app shown as starting. */
  readonly starting: <T>(work: () => Promise<T>) => Promise<T>
  /** The user wants it tried again, whatever it is. */
  readonly tryNow: () => void
  /** Sets data that cannot be used aside and goes on; whether that was done. */
  readonly repair: (way: RepairWay) => boolean
  readonly server: Pick<WatchedServer, 'letGo'>
  /** What an exception of the store means to the caller; rethrows what is none of the store's. */
  readonly storageFailure: (error: unknown) => FailureView
  /** Reads from the store; when that fails, it is shown, and `fallback` is the answer. */
  readonly reading: <T>(fallback: T, work: () => T) => T
}

/** One handler a method. */
export function createHandlers(ground: HandlerGround): EngineHandlers {
  /** Reads or asks; without an account there is nothing to work on. */
  const withCore = async <T>(work: (core: ProfileCore) => Promise<Result<T>> | Result<T>) =>
    guarded(ground, async () => {
      const core = ground.profile()?.core ?? null
      return core === null ? refusal(ground) : work(core)
    })

  /** Writes: inside a turn, answered after its commit [O1]. */
  const written = (work: (core: ProfileCore) => Result<null>) =>
    guarded(ground, async () => {
      const write = async (profile: Profile | null): Promise<Result<null>> => {
        const core = profile?.core ?? null
        return profile === null || core === null
          ? refusal(ground)
          : profile.loop.run(() => work(core))
      }
      const profile = ground.profile()
      try {
        return await write(profile)
      } catch (error) {
        // The profile was made anew under it, and nothing of it is stored: the key makes the same of it again.
        const next = ground.profile()
        if (next === null || next === profile || storageErrorOf(error) !== null) throw error
        return await write(next)
      }
    })

  /** Writes of what is not worth an alert: a failed store is shown anyway. */
  const noted = async (work: (core: ProfileCore) => void): Promise<null> => {
    await written((core) => {
      work(core)
      return { ok: true, value: null }
    })
    return null
  }

  return {
    getState: async () => ground.state(),
    startOnThisComputer: ({ displayName }) =>
      guarded(ground, () => ground.starting(() => ground.bundled.start(displayName))),
    signIn: (argument) => guarded(ground, () => ground.accounts.signIn(argument)),
    createAccount: (argument) => guarded(ground, () => ground.accounts.createAccount(argument)),
    signOut: () => guarded(ground, () => ground.accounts.signOut()),
    switchAccount: ({ id }) => guarded(ground, () => switchAccount(ground, id)),
    tryNow: async () => {
      ground.tryNow()
      return null
    },
    repairData: async ({ way }) =>
      ground.repair(way)
        ? { ok: true, value: null }
        : { ok: false, failure: { code: 'repair_failed' } },
    setServerDataAside: async () => {
      if (!(await ground.server.letGo())) return { ok: false, failure: { code: 'repair_failed' } }
      ground.tryNow()
      return { ok: true, value: null }
    },
    reportNetwork: async ({ online }) => {
      // The network is there again: the line may be another one.
      if (online) ground.profile()?.reconnect()
      return null
    },
    listConversations: async () => {
      const core = ground.profile()?.core ?? null
      return core === null ? [] : ground.reading([], () => conversationViews(core.views))
    },
    createConversation: (argument) => withCore((core) => core.membership.create(argument)),
    addMember: (argument) => withCore((core) => core.membership.add(argument)),
    removeMember: (argument) => withCore((core) => core.membership.remove(argument)),
    findUsers: (argument) => withCore((core) => core.membership.find(argument)),
    getMessages: (argument) => withCore((core) => core.history.page(argument)),
    sendMessage: (argument) => written((core) => core.commands.send(argument)),
    editMessage: (argument) => written((core) => core.commands.edit(argument)),
    deleteMessage: (argument) => written((core) => core.commands.remove(argument)),
    reactToMessage: (argument) => written((core) => core.commands.react(argument)),
    markRead: (argument) => noted((core) => core.commands.markRead(argument)),
    keepPlace: (argument) => noted((core) => core.commands.keepPlace(argument)),
    keepOpen: (argument) => noted((core) => core.commands.keepOpen(argument)),
    saveDraft: (argument) => noted((core) => core.commands.saveDraft(argument)),
    reportTyping: async ({ conversation }) => {
      ground.profile()?.core?.reportTyping(conversation)
      return null
    },
    listOutbox: async ({ limit }) => {
      const core = ground.profile()?.core ?? null
      const none = { items: [], total: 0 }
      return core === null ? none : ground.reading(none, () => outboxPage(core.views, limit))
    },
    retryOperation: ({ key }) => written((core) => core.commands.retry(key)),
    discardOperation: ({ key }) => written((core) => core.commands.discard(key)),
    undo: ({ key }) => written((core) => core.commands.undo(key)),
    operationText: ({ key }) => withCore((core) => operationText(core.views, key)),
    retryAll: () => written((core) => core.commands.retryAll()),
    resolveConflict: (argument) => written((core) => core.commands.resolve(argument)),
    searchMessages: ({ query, limit }) =>
      withCore(async (core) => ({ ok: true, value: await core.search.find(query, limit) })),
    searchScope: ({ query }) =>
      withCore(async (core) => ({ ok: true, value: await core.searchScope.of(query) })),
    searchOlder: ({ query }) => withCore((core) => core.searchScope.fetchOlder(query)),
  }
}

/** An account on the server of this computer signs in by itself: nobody knows its password. */
async function switchAccount(ground: HandlerGround, id: string): Promise<Result<null>> {
  const answer = ground.accounts.switchAccount(id)
  const account = ground.profile()?.account ?? null
  if (!answer.ok || account?.server.kind !== 'bundled') return answer
  const started = await ground.bundled.start(account.user.displayName)
  return started.ok ? { ok: true, value: null } : started
}

/** Runs a handler; a store that fails meanwhile is a refusal, not an exception. */
async function guarded<T>(
  ground: HandlerGround,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await work()
  } catch (error) {
    return { ok: false, failure: ground.storageFailure(error) }
  }
}

function refusal(ground: HandlerGround): Result<never> {
  const code = ground.profile() === null ? 'storage_failed' : 'unauthenticated'
  return { ok: false, failure: { code } }
}
