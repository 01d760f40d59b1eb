import type { FerryApi, Result } from '../../protocol/ipc/api.ts'
import type { SearchResult } from '../../protocol/ipc/search.ts'
import type { AppEvent, MessageView } from '../../protocol/ipc/views.ts'
import { fitting } from '../features/new-conversation/people.ts'
import { conversation, me, message, type World } from './fake-world.ts'

/** A main process in a page: enough of it to look at every screen and to try what the keys do. */
export interface FakeFerry {
  readonly api: FerryApi
  readonly world: World
  readonly emit: (event: AppEvent) => void
  /** Every call, by method, for a look from outside. */
  readonly calls: { method: string; argument: unknown }[]
}

const ok = <T>(value: T): Result<T> => ({ ok: true, value })
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Makes the fake around a world, which a scenario prepared and a page may change. */
export function createFakeFerry(world: World): FakeFerry {
  const listeners = new Set<(event: AppEvent) => void>()
  const calls: FakeFerry['calls'] = []
  const emit = (event: AppEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const log = (id: string): MessageView[] => world.messages.get(id) ?? []
  const find = (key: string): MessageView | undefined =>
    [...world.messages.values()].flat().find((entry) => entry.key === key)

  function put(changed: MessageView): void {
    const entries = log(changed.conversation)
    const at = entries.findIndex((entry) => entry.key === changed.key)
    world.messages.set(
      changed.conversation,
      at === -1 ? [...entries, changed] : entries.with(at, changed),
    )
    emit({ type: 'messages', conversation: changed.conversation, upserted: [changed], removed: [] })
  }

  function change(key: string, make: (entry: MessageView) => MessageView): Result<null> {
    const entry = find(key)
    if (entry === undefined) return { ok: false, failure: { code: 'not_found' } }
    put(make(entry))
    return ok(null)
  }

  const nextSeq = (id: string): number =>
    log(id).reduce((top, entry) => Math.max(top, entry.seq ?? 0), 0) + 1

  async function deliver(key: string): Promise<void> {
    if (world.state.connection.status !== 'online') return
    await wait(60)
    change(key, (entry) => ({ ...entry, state: 'sending' }))
    await wait(200)
    change(key, (entry) => ({
      ...entry,
      state: 'sent',
      id: `m-${key}`,
      seq: nextSeq(entry.conversation),
    }))
    await wait(800)
    change(key, (entry) => ({ ...entry, state: 'delivered' }))
    await wait(1_500)
    change(key, (entry) => ({ ...entry, state: 'read' }))
  }

  function search(query: string): SearchResult[] {
    const wanted = query.toLowerCase()
    return [...world.messages.values()].flat().flatMap((entry) => {
      const at = entry.body?.toLowerCase().indexOf(wanted) ?? -1
      const place = world.conversations.find((view) => view.id === entry.conversation)
      if (at === -1 || entry.body === null || place === undefined) return []
      const { body } = entry
      return {
        message: entry.key,
        conversation: { id: place.id, name: place.name },
        seq: entry.seq,
        authorName: entry.author.name,
        at: entry.createdAt,
        snippet: [
          { text: body.slice(0, at), match: false },
          { text: body.slice(at, at + wanted.length), match: true },
          { text: body.slice(at + wanted.length), match: false },
        ],
      }
    })
  }

  const scope = () => ({
    isComplete: world.oldestHere === null,
    hasOlder: world.oldestHere !== null,
    backTo: world.oldestHere,
  })

  const plain = {
    getState: async () => world.state,
    startOnThisComputer: async () => ok({ conversation: world.conversations[0]?.id ?? '' }),
    signIn: async () => ({ ok: false as const, failure: { code: 'unauthenticated' } }),
    createAccount: async () => ({ ok: false as const, failure: { code: 'username_taken' } }),
    signOut: async () => ok(null),
    switchAccount: async () => ok(null),
    tryNow: async () => null,
    reportNetwork: async () => null,
    listConversations: async () => world.conversations,
    createConversation: async ({ title, usernames }) => {
      const view = conversation(`c-${Date.now()}`, title ?? usernames.join(', '))
      world.conversations.push(view)
      emit({ type: 'conversations', upserted: [view], removed: [] })
      return ok({ conversation: view.id })
    },
    addMember: async () => ({ ok: false as const, failure: { code: 'user_not_found' } }),
    removeMember: async () => ok(null),
    findUsers: async ({ query }) =>
      ok(
        [
          { id: 'u-bob', username: 'bob', displayName: 'Bob Hartley' },
          { id: 'u-eve', username: 'eve', displayName: 'Eve Moneypenny' },
          { id: 'u-bobby', username: 'bobby', displayName: 'Bobby Tables' },
        ].filter((user) => fitting([user], query).length > 0),
      ),
    getMessages: async ({ conversation: id, before, limit }) => {
      await wait(world.pageDelay)
      if (world.refusePages !== null) return { ok: false, failure: world.refusePages }
      const all = log(id)
      const below = before ?? Number.POSITIVE_INFINITY
      const end = all.findLastIndex((entry) => entry.seq !== null && entry.seq < below) + 1
      const start = Math.max(0, end - limit)
      const newest =
        before === undefined ? all.slice(end).filter((entry) => entry.seq === null) : []
      return ok({ messages: [...all.slice(start, end), ...newest], hasOlder: start > 0 })
    },
    sendMessage: async ({ key, conversation: id, body }) => {
      await wait(8)
      if (world.refuseSend !== null) return { ok: false, failure: world.refuseSend }
      put(message(id, null, me, body, { key }))
      void deliver(key)
      return ok(null)
    },
    editMessage: async ({ message: key, body }) =>
      change(key, (entry) => ({ ...entry, body, editedAt: Date.now() })),
    deleteMessage: async ({ message: key }) =>
      change(key, (entry) => ({ ...entry, body: null, reactions: [] })),
    reactToMessage: async ({ message: key, emoji, on }) =>
      change(key, (entry) => {
        const others = entry.reactions.filter((reaction) => reaction.emoji !== emoji)
        return {
          ...entry,
          reactions: on ? [...others, { emoji, users: [me], mine: true }] : others,
        }
      }),
    markRead: async () => null,
    saveDraft: async () => null,
    keepPlace: async () => null,
    keepOpen: async () => null,
    reportTyping: async () => null,
    listOutbox: async () => ({ items: world.outbox, total: world.outbox.length }),
    retryOperation: async () => ok(null),
    undo: async () => ({ ok: true, value: null }),
    discardOperation: async ({ key }) => {
      world.outbox = world.outbox.filter((item) => item.key !== key)
      emit({ type: 'outbox' })
      return ok(null)
    },
    operationText: async () => ok('The whole text'),
    retryAll: async () => ok(null),
    resolveConflict: async () => ok(null),
    searchMessages: async ({ query, limit }) => {
      await wait(world.pageDelay)
      const found = search(query)
      const wanted = query.toLowerCase()
      return ok({
        messages: found.slice(0, limit),
        hasMore: found.length > limit,
        conversations: world.conversations.filter(({ name }) =>
          name.toLowerCase().startsWith(wanted),
        ),
        people: [],
        problems: [],
        isComplete: world.oldestHere === null,
      })
    },
    searchScope: async () => ok(scope()),
    searchOlder: async () => {
      await wait(1_000)
      world.oldestHere = null
      return ok(scope())
    },
    copyText: async () => null,
    repairData: async () => ok(null),
    setServerDataAside: async () => ok(null),
    exportReadableData: async () => ok({ path: '/home/ada/ferry-export.json' }),
    reportPainted: async () => null,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  } satisfies FerryApi

  const api: FerryApi = new Proxy<FerryApi>(plain, {
    get(target, name: keyof FerryApi) {
      const method = target[name]
      return (argument: never) => {
        calls.push({ method: name, argument })
        return method(argument)
      }
    },
  })
  return { api, world, emit, calls }
}
