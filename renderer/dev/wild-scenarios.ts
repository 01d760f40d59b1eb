import type { ConversationView, MessageView } from '../../protocol/ipc/views.ts'
import {
  BOB,
  conversation,
  EVE,
  LIN,
  MEMBERS,
  me,
  message,
  type World,
  world,
} from './fake-world.ts'

const MINUTE = 60_000

const at = (ago: number): Partial<MessageView> => ({ createdAt: Date.now() - ago * MINUTE })

const LONG_NAME = 'Maximiliane Wolkenstein-Trostburg zu Hohenfels-Oberkirchberg the Younger'
const LONG_WORD = 'Donaudampfschifffahrtsgesellschaftskapitänsmütze'.repeat(4)

/** Texts that break layouts: everything people write that is neither short nor English. */
function wildMessages(c: string): MessageView[] {
  const crowd = Array.from({ length: 9 }, (_, i) => ({ id: `u-${i}`, name: `Deckhand ${i + 1}` }))
  const emoji = [
    '👍',
    '❤️',
    '😂',
    '🎉',
    '😮',
    '😢',
    '🚢',
    '⚓',
    '🌊',
    '🧭',
    '🐟',
    '🐙',
    '☕',
    '🍰',
    '🔥',
    '👀',
  ]
  return [
    message(c, 1, { id: 'u-max', name: LONG_NAME }, 'Good morning from a very long name.', at(60)),
    message(c, 2, { id: 'u-max', name: LONG_NAME }, LONG_WORD, at(59)),
    message(c, 3, me, `https://example.org/${'a-path-without-end/'.repeat(12)}`, at(58)),
    message(c, 4, EVE, 'שלום, המעבורת יוצאת בשעה 14:20 מרציף 2.', at(50)),
    message(c, 5, me, 'مرحبًا! تغادر العبارة الساعة 14:20 من الرصيف 2.', at(49)),
    message(c, 6, BOB, '🎉', at(40)),
    message(c, 7, me, '🚢⚓🌊', at(39)),
    message(c, 8, LIN, 'Everybody has an opinion on this one.', {
      ...at(30),
      reactions: emoji.map((sign, i) => ({
        emoji: sign,
        users: crowd.slice(0, (i % 9) + 1),
        mine: i % 5 === 0,
      })),
    }),
    message(c, 9, me, 'And on this one, too.', {
      ...at(29),
      reactions: emoji.map((sign) => ({ emoji: sign, users: crowd.slice(0, 2), mine: false })),
    }),
    message(
      c,
      10,
      BOB,
      `A text of many lines:\n\n${'The quick ferry crosses the lazy strait. '.repeat(60)}`,
      at(20),
    ),
    message(c, 11, me, 'ok', {
      ...at(15),
      replyTo: { key: `${c}-2`, seq: 2, authorName: LONG_NAME, preview: LONG_WORD },
    }),
    message(c, 12, BOB, 'yes', {
      ...at(14),
      replyTo: { key: 'gone', seq: null, authorName: '', preview: '' },
    }),
    message(c, 13, EVE, 'Answers one that was deleted', {
      ...at(13),
      replyTo: { key: `${c}-14`, seq: 14, authorName: 'Bob Hartley', preview: '' },
    }),
    message(c, 14, BOB, null, at(12)),
    message(c, 15, me, null, at(11)),
    message(c, 16, me, 'a', at(10)),
    message(c, 17, me, '  indented\n    code {\n      stays as it was\n    }', {
      ...at(9),
      editedAt: Date.now(),
    }),
  ]
}

/** Names and texts at their longest. */
export function wild(): World {
  const c = 'c-wild'
  return world({
    conversations: [
      conversation(c, `The committee for the ${'very '.repeat(12)}long names of conversations`, {
        readUpTo: 17,
        lastMessage: { preview: LONG_WORD, at: Date.now(), own: false, authorName: LONG_NAME },
      }),
      conversation('c-max', LONG_NAME, {
        kind: 'direct',
        members: [MEMBERS.me, MEMBERS.eve],
        unread: 1_234,
        activeAt: Date.now() - 400 * 86_400_000,
        lastMessage: {
          preview: 'مرحبًا! تغادر العبارة الساعة 14:20',
          at: Date.now() - 400 * 86_400_000,
          own: false,
          authorName: LONG_NAME,
        },
      }),
    ],
    messages: new Map([[c, wildMessages(c)]]),
  })
}

/** More conversations than a window shows at once. */
export function crowd(): World {
  const conversations: ConversationView[] = Array.from({ length: 100 }, (_, i) =>
    conversation(`c-${i}`, `Crew ${i + 1}`, {
      unread: i % 7 === 3 ? i : 0,
      activeAt: Date.now() - i * 37 * MINUTE,
      lastMessage: {
        preview: `Shift ${i + 1} is covered.`,
        at: Date.now() - i * 37 * MINUTE,
        own: i % 4 === 0,
        authorName: BOB.name,
      },
    }),
  )
  return world({
    conversations,
    messages: new Map([['c-0', [message('c-0', 1, BOB, 'Shift 1 is covered.', at(1))]]]),
  })
}
