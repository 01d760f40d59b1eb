import { randomUUID } from 'node:crypto'
import type { Seeded } from './seeded.ts'

/** What a drawn frame may name so that it gets past the first look. */
export interface Known {
  readonly token: string
  readonly conversation: string
  readonly messages: readonly string[]
  readonly user: string
}

/** A frame as text; `id` is what its reply has to name, null where there is nothing to answer to. */
export interface DrawnFrame {
  readonly id: number | null
  readonly text: string
}

const OPS = [
  'hello',
  'send',
  'edit',
  'edit',
  'delete',
  'react',
  'read',
  'delivered',
  'receipts',
  'typing',
  'events',
  'history',
  'conversation.create',
  'conversation.get',
  'conversation.update',
  'member.add',
  'member.remove',
  'member.role',
  'users.find',
  'no.such.op',
  '__proto__',
]

/** Text that stands for what JSON.stringify never writes. */
const RAW: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '@minus zero': '-0',
    '@infinite': '1e400',
    '@minus infinite': '-1e400',
    '@beyond safe': '9007199254740993',
    '@long number': '1'.repeat(400),
    '@deep': `${'['.repeat(1_000)}${']'.repeat(1_000)}`,
    '@deep object': `${'{"a":'.repeat(1_000)}1${'}'.repeat(1_000)}`,
    '@very deep': `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    '@proto': '{"__proto__":1}',
    '@proto object': '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}',
    '@escapes': String.raw`"\u0000\ud800\udfff\ud800\u2028"`,
  }),
)

const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  'x\udc00',
  '\u202e\u2066',
  '\u{10ffff}',
  '%',
  '_',
  "'; --",
  '\\',
  '$1',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '\u0301'.repeat(500),
]

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  Number.MAX_SAFE_INTEGER,
  2 ** 31,
  2 ** 53,
  1e308,
  [],
  {},
  ['\0'],
  [null],
  { '\0': 1, '\ud800': 2 },
  { toString: 1, valueOf: null, toJSON: 'x' },
  { length: -1 },
  'x'.repeat(20_000),
  ...TEXTS,
  ...RAW.keys(),
]

const NOISE = [
  '',
  '{',
  'null',
  '[]',
  '"text"',
  '{"id":1.5,"op":"send"}',
  '{"id":-1}',
  '{"id":-0,"op":"send"}',
  '{"op":"send"}',
  '['.repeat(10_000),
  '{"id":1e400,"op":"send"}',
  '{"id":9007199254740993,"op":"send"}',
  '{"__proto__":{"id":1,"op":"hello"}}',
  '\u{1f600}',
]

/** A frame that is sometimes right, mostly almost, and sometimes nothing of the kind. `id` is its own. */
export function drawFrame(random: Seeded, id: number, known: Known): DrawnFrame {
  if (random.int(250) === 0) return { id: null, text: pick(random, NOISE) }
  const op = pick(random, OPS)
  const fields: [string, unknown][] = [
    ['id', id],
    ['op', op],
  ]
  for (const [name, make] of RIGHT) {
    // `after` has two meanings: a cursor in `events`, a key elsewhere.
    if (name === 'after' && op !== 'events') continue
    // Many conversations would make each hello slow, and show nothing more.
    const isFit = name !== 'kind' || random.int(8) === 0
    const chance = isFit ? random.int(100) : 97
    if (chance < 94) fields.push([name, make(random, known)])
    else if (chance < 98) fields.push([name, pick(random, VALUES)])
  }
  if (random.int(20) === 0) fields.push([pick(random, TEXTS), pick(random, VALUES)])
  return { id, text: written(fields) }
}

/** A hello of this client with cursors that are mostly hostile. */
export function drawHello(random: Seeded, id: number, { token, ...known }: Known): DrawnFrame {
  const fields: [string, unknown][] = [
    ['id', id],
    ['op', 'hello'],
    ['token', random.int(20) === 0 ? pick(random, VALUES) : token],
    ['device', random.int(20) === 0 ? pick(random, VALUES) : randomUUID()],
    ['cursors', drawMarks(random, { token, ...known })],
  ]
  return { id, text: written(fields) }
}

type Draw = (random: Seeded, known: Known) => unknown

const RIGHT: ReadonlyMap<string, Draw> = new Map<string, Draw>(
  Object.entries<Draw>({
    key: () => randomUUID(),
    conversation: (_, { conversation }) => conversation,
    stream: (_, { conversation }) => conversation,
    message: (random, { messages }) =>
      random.int(4) === 0
        ? pick(random, ['m', '__proto__', 'constructor'])
        : pick(random, messages),
    body: (random) => {
      if (random.int(100) === 0) return 'x'.repeat(20_000)
      return random.int(3) === 0 ? pick(random, TEXTS) : 'body'.repeat(random.int(10))
    },
    baseVersion: (random) => 1 + random.int(20),
    emoji: (random) => pick(random, ['👍', '❤️', '__proto__', 'constructor', ...TEXTS]),
    on: (random) => random.int(2) === 0,
    seq: (random) => random.int(1_000),
    after: (random) => random.int(1_000),
    before: (random) => 1 + random.int(1_000),
    limit: (random) => 1 + random.int(20),
    kind: (random) => pick(random, ['direct', 'group']),
    title: (random) => (random.int(3) === 0 ? pick(random, TEXTS) : 'Title'),
    members: (random, { user }) => (random.int(4) === 0 ? [user, 'constructor'] : []),
    user: (random, { user }) => pick(random, [user, 'u'.repeat(30), '__proto__']),
    role: (random) => pick(random, ['owner', 'admin', 'member', 'constructor']),
    query: (random) => pick(random, ['a', 'ann', ...TEXTS]),
    conversations: (random, { conversation }) =>
      pick(random, [[conversation], [conversation, '__proto__', 'constructor'], ['\0']]),
    upTo: drawMarks,
    cursors: drawMarks,
    token: (random, { token }) => pick(random, [token, ...TEXTS]),
    device: (random) => pick(random, ['device', ...TEXTS]),
  }),
)

/** Numbers by stream: right ones, of streams that are not there, and of names that objects have. */
function drawMarks(random: Seeded, { conversation, user }: Known): unknown {
  if (random.int(8) === 0) return pick(random, VALUES)
  const names = [
    conversation,
    `user:${user}`,
    'nowhere',
    '__proto__',
    'constructor',
    'user:__proto__',
  ]
  const seqs = [0, 1, 5, 1_000, Number.MAX_SAFE_INTEGER]
  const marks = new Map<string, unknown>()
  for (let i = random.int(4); i >= 0; i--) marks.set(pick(random, names), pick(random, seqs))
  if (random.int(8) === 0) marks.set(pick(random, [...names, ...TEXTS]), pick(random, VALUES))
  // An own `__proto__` stays one: entries are made with it as data.
  return Object.fromEntries(marks)
}

function written(fields: readonly [string, unknown][]): string {
  const json = fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
  return `{${json.join(',')}}`.replace(/"(@[a-z ]+)"/g, (whole, name) => RAW.get(name) ?? whole)
}

function pick<T>(random: Seeded, items: readonly T[]): T {
  const item = items[random.int(items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
