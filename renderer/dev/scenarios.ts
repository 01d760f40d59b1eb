import type { MessageView, OperationStatus, OutboxItem } from '../../protocol/ipc/views.ts'
import {
  BOB,
  conversation,
  EVE,
  LIN,
  MEMBERS,
  me,
  message,
  pendingSend,
  signedIn,
  type World,
  world,
} from './fake-world.ts'
import { crowd, wild } from './wild-scenarios.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const at = (ago: number): Partial<MessageView> => ({ createdAt: Date.now() - ago })

/** A conversation as it might be on a weekday. */
function harbour(): MessageView[] {
  const c = 'c-harbour'
  return [
    message(c, 1, BOB, 'Morning. The 6:40 is running four minutes late again.', at(DAY + 3 * HOUR)),
    message(
      c,
      2,
      BOB,
      'Same crossing as on Friday, so I would look at the ramp first.',
      at(DAY + 3 * HOUR - MINUTE),
    ),
    message(
      c,
      3,
      me,
      'I had a look on Friday evening. The left hinge sticks when it is cold.',
      at(DAY + 2 * HOUR),
    ),
    message(
      c,
      4,
      EVE,
      'Maintenance can come on Thursday, but they need the berth free from 14:00.',
      {
        ...at(DAY + HOUR),
        reactions: [
          { emoji: '👍', users: [me, { id: BOB.id, name: BOB.name }], mine: true },
          { emoji: '🎉', users: [{ id: LIN.id, name: LIN.name }], mine: false },
        ],
      },
    ),
    message(
      c,
      5,
      LIN,
      'Then the 14:20 goes from the north berth. I will tell the crew.',
      at(3 * HOUR),
    ),
    message(c, 6, LIN, 'And the signs. People always go to the wrong one.', at(3 * HOUR - 20_000)),
    message(
      c,
      7,
      me,
      'Thank you! Here is the list for Thursday:\n\n• berth 2 free from 13:45\n• signs up by noon\n• one of us at the gate',
      { ...at(2 * HOUR), editedAt: Date.now() - HOUR },
    ),
    message(c, 8, EVE, null, at(100 * MINUTE)),
    message(c, 9, BOB, 'I can be at the gate.', {
      ...at(50 * MINUTE),
      replyTo: {
        key: 'c-harbour-7',
        seq: 7,
        authorName: 'Ada Lovelace',
        preview: 'Thank you! Here is the list for Thursday: berth 2 free from 13:45',
      },
    }),
    message(c, 10, me, '🎉', at(40 * MINUTE)),
    message(
      c,
      11,
      BOB,
      'https://timetable.example/crossings/1440?berth=north&day=thursday',
      at(6 * MINUTE),
    ),
    message(c, 12, me, 'Looks right to me.', {
      ...at(5 * MINUTE),
      state: 'delivered',
      reach: { of: 3, delivered: 3, read: 2 },
    }),
    message(c, 13, me, 'See you on Thursday then.', {
      ...at(4 * MINUTE),
      state: 'sent',
      reach: { of: 3, delivered: 1, read: 0 },
    }),
  ]
}

const others = () => [
  conversation('c-bob', 'Bob Hartley', {
    kind: 'direct',
    members: [MEMBERS.me, MEMBERS.bob],
    unread: 2,
    readUpTo: 1,
    activeAt: Date.now() - 20 * MINUTE,
    lastMessage: {
      preview: 'Have you seen the weather for Thursday?',
      at: Date.now() - 20 * MINUTE,
      own: false,
      authorName: BOB.name,
    },
  }),
  conversation('c-crew', 'Crew rota', {
    activeAt: Date.now() - 5 * HOUR,
    draft: 'Could someone take the late shift',
    lastMessage: {
      preview: 'Fine with me',
      at: Date.now() - 5 * HOUR,
      own: true,
      authorName: me.name,
    },
  }),
  conversation('c-eve', 'Eve Moneypenny', {
    kind: 'direct',
    members: [MEMBERS.me, MEMBERS.eve],
    activeAt: Date.now() - DAY - HOUR,
    lastMessage: {
      preview: 'Message deleted',
      at: Date.now() - DAY - HOUR,
      own: false,
      authorName: EVE.name,
    },
  }),
  conversation('c-old', 'Winter timetable 2024', {
    member: false,
    activeAt: Date.now() - 9 * DAY,
    lastMessage: {
      preview: 'Done, thank you all.',
      at: Date.now() - 9 * DAY,
      own: false,
      authorName: LIN.name,
    },
  }),
]

function chat(change: Partial<World> = {}, extra: MessageView[] = []): World {
  const harbourView = conversation('c-harbour', 'Harbour', {
    lastMessage: {
      preview: 'See you on Thursday then.',
      at: Date.now() - 4 * MINUTE,
      own: true,
      authorName: me.name,
    },
    readUpTo: 13,
  })
  const bob = [
    message('c-bob', 1, me, 'Are you in today?', at(HOUR)),
    message('c-bob', 2, BOB, 'Yes, until five.', at(22 * MINUTE)),
    message('c-bob', 3, BOB, 'Have you seen the weather for Thursday?', at(20 * MINUTE)),
  ]
  return world({
    conversations: [harbourView, ...others()],
    messages: new Map([
      ['c-harbour', [...harbour(), ...extra]],
      ['c-bob', bob],
    ]),
    ...change,
  })
}

const unsettled = (): MessageView[] => {
  const c = 'c-harbour'
  const own = (body: string, state: MessageView['state'], status: OperationStatus): MessageView =>
    message(c, null, me, body, { state, pending: pendingSend(status), ...at(MINUTE) })
  return [
    own('This one arrived, or did it?', 'unconfirmed', { state: 'unconfirmed' }),
    own('The server is having a hard day.', 'queued', {
      state: 'waiting',
      retry: 3,
      maxRetries: 5,
      retryInMs: 8_000,
      failure: { code: 'unavailable' },
    }),
    own('Far too long for a message.', 'failed', {
      state: 'failed',
      failure: { code: 'too_large', size: { bytes: 17_210, limit: 16_384 } },
    }),
    own('Nobody lets me in any more.', 'failed', {
      state: 'failed',
      failure: { code: 'forbidden', conversation: 'Harbour' },
    }),
    own('Just written.', 'queued', { state: 'queued' }),
    own('On its way.', 'sending', { state: 'sending' }),
  ]
}

const asItem = (entry: MessageView, i: number): OutboxItem => ({
  key: entry.pending?.key ?? `row-${i}`,
  kind: 'send',
  conversation: { id: 'c-harbour', name: 'Harbour' },
  message: entry.key,
  preview: entry.body ?? '',
  createdAt: entry.createdAt,
  status: entry.pending?.status ?? { state: 'queued' },
})

function outboxWorld(change: Partial<World> = {}): World {
  const entries = unsettled()
  const made = chat({ outbox: entries.map(asItem), ...change }, entries)
  made.state = { ...made.state, outbox: { waiting: 4, failed: 2, limit: 10_000 } }
  return made
}

function many(total: number): World {
  const c = 'c-harbour'
  const authors = [BOB, me, EVE, LIN]
  const messages = Array.from({ length: total }, (_, i) =>
    message(
      c,
      i + 1,
      authors[Math.floor(i / 3) % 4] ?? BOB,
      `Message ${i + 1}. ${'Words that fill a line or two of it. '.repeat(i % 5)}`,
      at((total - i) * MINUTE),
    ),
  )
  return world({
    conversations: [conversation(c, 'Harbour', { readUpTo: total }), ...others()],
    messages: new Map([[c, messages]]),
  })
}

const withState = (made: World, change: Partial<World['state']>): World => ({
  ...made,
  state: { ...made.state, ...change },
})

/** Every state that the design has, by name. */
export const SCENARIOS: Record<string, () => World> = {
  welcome: () =>
    world({ state: { ...signedIn(), session: { status: 'welcome', serverUrl: null } } }),
  join: () =>
    world({
      state: { ...signedIn(), session: { status: 'welcome', serverUrl: 'http://127.0.0.1:4300' } },
    }),
  starting: () => world({ state: { ...signedIn(), session: { status: 'starting' } } }),
  chat: () => chat(),
  empty: () => world(),
  'no-messages': () =>
    world({ conversations: [conversation('c-notes', 'Notes', { members: [MEMBERS.me] })] }),
  unsettled: () => outboxWorld(),
  offline: () =>
    withState(outboxWorld(), {
      connection: { status: 'offline', retryInMs: 23_400, reason: 'refused' },
    }),
  connecting: () => withState(chat(), { connection: { status: 'connecting' } }),
  'signed-out': () =>
    withState(outboxWorld(), {
      otherAccounts: [
        {
          id: 'eve.db',
          user: { id: 'u-eve', username: 'eve', displayName: 'Eve Moneypenny' },
          server: { kind: 'remote', url: 'https://chat.harbour.example' },
          waiting: 3,
        },
      ],
      connection: { status: 'signed-out' },
      session: {
        status: 'signed-out',
        user: { id: 'u-ada', username: 'ada', displayName: 'Ada Lovelace' },
        server: { kind: 'remote', url: 'https://chat.harbour.example' },
      },
    }),
  conflict: () =>
    chat({}, [
      message('c-harbour', 14, me, 'The 14:20 leaves from berth 2.', {
        pending: {
          key: crypto.randomUUID(),
          kind: 'edit',
          status: {
            state: 'conflict',
            mine: 'The 14:20 leaves from the north berth.',
            theirs: 'The 14:20 leaves from berth 2, as always.',
          },
        },
      }),
    ]),
  notices: () =>
    withState(chat(), {
      notice: { kind: 'server_restored', conversations: ['Harbour', 'Crew rota'] },
    }),
  unread: () => {
    const made = many(60)
    return {
      ...made,
      conversations: made.conversations.map((view, i) =>
        i === 0 ? { ...view, unread: 20, readUpTo: 40 } : view,
      ),
    }
  },
  many: () => many(100_000),
  wild,
  crowd,
  'not-member': () => {
    const made = chat()
    return {
      ...made,
      conversations: made.conversations.map((view) => ({
        ...view,
        member: view.id !== 'c-harbour',
      })),
    }
  },
  full: () =>
    withState(chat({ refuseSend: { code: 'outbox_full' } }), {
      outbox: { waiting: 10_000, failed: 0, limit: 10_000 },
    }),
  'load-failed': () => chat({ refusePages: { code: 'storage_failed' } }),
  'storage-corrupt': () =>
    world({
      state: {
        ...signedIn(),
        storage: {
          status: 'failed',
          reason: 'corrupt',
          path: '/home/ada/.config/Ferry/ferry.db',
          ways: ['rebuild', 'start-anew'],
        },
      },
    }),
  'storage-full': () =>
    world({
      state: {
        ...signedIn(),
        storage: {
          status: 'failed',
          reason: 'disk_full',
          path: '/home/ada/.config/Ferry/ferry.db',
          ways: [],
        },
      },
    }),
}
