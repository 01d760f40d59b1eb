import { type Id, userStream } from '../../../protocol/model/primitives.ts'

/** Draws whole numbers below a bound: the same ones for the same seed (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** Texts that have broken programs. */
const TEXTS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  '\u0000',
  '\ud800',
  '\u202e\u2066abc',
  'a'.repeat(5_000),
  '👍'.repeat(200),
  'e\u0301'.repeat(300),
  '\n'.repeat(3_000),
  '<img src=x onerror=alert(1)>',
  "'; DROP TABLE messages; --",
  '%s%n%x',
  'NaN',
  '-1',
  '9007199254740993',
  '"}',
  '../../etc/passwd',
]

const NUMBERS = [0, -0, -1, 1, 2, 1.5, 1e21, -1e21, 2 ** 31, 2 ** 53, 2 ** 53 - 1, 1e308]

const TIMES = [
  '1970-01-01T00:00:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T00:00:00.000Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00Z',
  `2026-01-01T00:00:00.${'9'.repeat(400)}Z`,
  '2026-01-01T24:00:00Z',
  'yesterday',
]

const EVENT_TYPES = [
  ...['message.created', 'message.edited', 'message.deleted', 'reaction.added', 'reaction.removed'],
  ...['conversation.created', 'conversation.updated', 'member.added', 'member.removed'],
  ...['member.role', 'conversation.joined', 'conversation.left', 'read', 'kept', 'x99.new', ''],
]

const PUSHES = ['typing', 'presence', 'receipts', 'heads', 'bye', 'events', 'x99', '__proto__', '']

/** What a server, or somebody through it, may say to harm a client; drawn from a seed. */
export class Hostile {
  readonly #below: (bound: number) => number
  readonly #people: readonly Id[]
  readonly #conversation: Id
  readonly #messages: readonly Id[]

  constructor(
    seed: number,
    world: { people: readonly Id[]; conversation: Id; messages: readonly Id[] },
  ) {
    this.#below = seeded(seed)
    this.#people = world.people
    this.#conversation = world.conversation
    this.#messages = world.messages
  }

  chance(outOf: number): boolean {
    return this.#below(outOf) === 0
  }

  below(bound: number): number {
    return this.#below(bound)
  }

  /** An event without its place: one that fits nearly, or not at all. */
  event(): object {
    const type = this.#of(EVENT_TYPES)
    const event = this.#mangled({ type, ...this.#fieldsOf(type) })
    // What says nothing of its seq gets the next one, as any event of a server does.
    return event
  }

  push(): object {
    const push = this.#of(PUSHES)
    const common = { push, conversation: this.#conversationId(), user: this.#person() }
    switch (push) {
      case 'presence':
        return this.#mangled({ ...common, online: this.chance(2) })
      case 'receipts':
        return this.#mangled({ ...common, receipts: this.#list(3, () => this.#receipt()) })
      case 'heads':
        return this.#mangled({ push, heads: { [this.#text()]: this.#number() } })
      case 'bye':
        return this.#mangled({ push, error: this.error() })
      case 'events':
        return this.#mangled({
          push,
          stream: this.#text(),
          events: this.#list(3, () => this.event()),
        })
      default:
        return this.#mangled(common)
    }
  }

  /** A reply's fields, or what stands in their place. */
  reply(fields: object): object {
    return this.#mangled(fields)
  }

  error(): object {
    const code = this.#of(['invalid', 'forbidden', 'conflict', 'x99', 'constructor', ...TEXTS])
    const message = this.#text()
    return this.#mangled({ code, message, retryable: this.chance(2), details: this.junk(2) })
  }

  /** Any JSON. */
  junk(depth: number): unknown {
    switch (this.#below(depth > 0 ? 8 : 6)) {
      case 0:
        return null
      case 1:
        return this.chance(2)
      case 2:
        return this.#number()
      case 3:
        return this.#of(TIMES)
      case 4:
      case 5:
        return this.#text()
      case 6:
        return this.#list(3, () => this.junk(depth - 1))
      default:
        return Object.fromEntries(this.#list(3, () => [this.#text(), this.junk(depth - 1)]))
    }
  }

  #fieldsOf(type: string): object {
    switch (type) {
      case 'message.created':
        return { message: this.#message() }
      case 'message.edited':
        return { message: { ...this.#changed(), body: this.#text(), editedAt: this.#time() } }
      case 'message.deleted':
        return { message: { ...this.#changed(), deletedAt: this.#time() } }
      case 'reaction.added':
      case 'reaction.removed':
        return { message: this.#messageId(), emoji: this.#text() }
      case 'conversation.created':
      case 'conversation.updated':
        return { conversation: this.#conversationOf() }
      case 'member.added':
      case 'member.removed':
      case 'member.role':
        return { user: this.#person(), role: this.#of(['owner', 'member', 'x99', '']) }
      default:
        return { conversation: this.#conversationId(), upTo: this.#number() }
    }
  }

  #message(): object {
    return {
      id: this.chance(4) ? this.#messageId() : `h${this.#below(1e9)}`,
      conversation: this.chance(9) ? this.#text() : this.#conversation,
      author: this.#person(),
      key: this.chance(3) ? '00000000-0000-4000-8000-000000000001' : undefined,
      body: this.#text(),
      version: this.chance(5) ? this.#number() : 1,
      createdAt: this.#time(),
      editedAt: this.chance(3) ? this.#time() : undefined,
      deletedAt: this.chance(6) ? this.#time() : undefined,
      replyTo: this.chance(3) ? this.#messageId() : undefined,
      reactions: { [this.#text()]: [this.#person()], [this.#text()]: this.junk(1) },
      [this.#text()]: this.junk(2),
    }
  }

  #changed(): object {
    return { id: this.#messageId(), version: 1 + this.#below(4) }
  }

  #conversationOf(): object {
    return {
      id: this.#conversationId(),
      kind: this.#of(['direct', 'group', 'x99', '']),
      title: this.chance(4) ? null : this.#text(),
      members: this.#list(4, () => ({
        user: this.#person(),
        role: this.#of(['owner', 'admin', 'x99']),
        profile: { id: this.#person(), username: this.#text(), displayName: this.#text() },
      })),
    }
  }

  #receipt(): object {
    const [joined, delivered, read] = [this.#number(), this.#number(), this.#number()]
    return { user: this.#person(), joined, delivered, read }
  }

  /** Most stay as they are; the rest lose a field, or have something else in it. */
  #mangled(value: object): object {
    if (!this.chance(3)) return value
    const entries = Object.entries(value)
    const [name] = entries.at(this.#below(entries.length)) ?? ['']
    const others = entries.filter(([other]) => other !== name)
    return Object.fromEntries(this.chance(2) ? others : [...others, [name, this.junk(2)]])
  }

  #person(): string {
    return this.chance(6)
      ? this.#of(['constructor', '__proto__', 'nobody'])
      : this.#of(this.#people)
  }

  #messageId(): string {
    return this.chance(8) ? this.#of(['__proto__', 'constructor']) : this.#of(this.#messages)
  }

  #conversationId(): string {
    if (!this.chance(3)) return this.#conversation
    return this.chance(2) ? this.#of(['__proto__', 'constructor', 'elsewhere']) : userStream('x')
  }

  #time(): string {
    return this.chance(3) ? this.#of(TIMES) : '2026-01-01T00:00:00.000Z'
  }

  #text(): string {
    return this.#of(TEXTS)
  }

  #number(): number {
    return this.#of(NUMBERS)
  }

  #list<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.#below(most + 1) }, make)
  }

  #of<T>(all: readonly T[]): T {
    const one = all.at(this.#below(all.length))
    if (one === undefined) throw new Error('nothing to choose from')
    return one
  }
}
