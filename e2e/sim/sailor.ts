import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { createEngine } from '../../main/engine/engine.ts'
import type { Engine } from '../../main/engine/engine-api.ts'
import type { BundledServer, SecretBox } from '../../main/engine/ports.ts'
import type { MessagesPage, MessageView } from '../../protocol/ipc/views.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { FaultProxy } from '../support/fault-proxy.ts'
import { MortalTimers } from './mortal-timers.ts'

const PASSWORD = 'correct horse battery'
const PAGE = 200

const noBundledServer: BundledServer = {
  start: () => Promise.reject(new Error('there is none in this world')),
  stop: () => Promise.resolve(),
  database: '',
  setDataAside: async () => undefined,
  onUnexpectedExit: () => () => undefined,
}

const plainBox: SecretBox = {
  seal: (plain) => Buffer.from(plain),
  open: (sealed) => Buffer.from(sealed).toString('utf8'),
}

/** What an author last wanted a message of theirs to be; null: deleted. */
export interface Wish {
  readonly key: string
  body: string | null
}

/** A person at the real engine, on a profile of its own and a line that can fail, who remembers what they wrote. */
export class Sailor {
  readonly name: string
  readonly line: FaultProxy
  readonly #folder: string
  readonly #random: () => number
  #timers = new MortalTimers()
  #engine: Engine
  /** All that was taken, in the order it was written. */
  readonly wishes: Wish[] = []
  kills = 0

  constructor(options: {
    name: string
    folder: string
    line: FaultProxy
    random: () => number
  }) {
    this.name = options.name
    this.line = options.line
    this.#random = options.random
    this.#folder = join(options.folder, options.name)
    mkdirSync(this.#folder)
    this.#engine = this.#make()
  }

  async signUp(): Promise<void> {
    await this.#engine.start()
    const account = { serverUrl: this.line.url, username: this.name, password: PASSWORD }
    expectOk(await this.#engine.handlers.createAccount(account))
  }

  async createGroup(title: string, usernames: string[]): Promise<Id> {
    const answer = await this.#engine.handlers.createConversation({
      key: randomUUID(),
      title,
      usernames,
    })
    return expectOk(answer).conversation
  }

  async knows(conversation: Id): Promise<boolean> {
    const all = await this.#engine.handlers.listConversations(undefined)
    return all.some(({ id }) => id === conversation)
  }

  async send(conversation: Id, body: string): Promise<void> {
    const key = randomUUID()
    expectOk(await this.#engine.handlers.sendMessage({ key, conversation, body }))
    this.wishes.push({ key, body })
  }

  async edit(wish: Wish, body: string): Promise<void> {
    const { key: message } = wish
    expectOk(await this.#engine.handlers.editMessage({ key: randomUUID(), message, body }))
    wish.body = body
  }

  async remove(wish: Wish): Promise<void> {
    const { key: message } = wish
    expectOk(await this.#engine.handlers.deleteMessage({ key: randomUUID(), message }))
    wish.body = null
  }

  /** The process is gone at once, and a new one starts on the same profile. */
  async killAndRestart(): Promise<void> {
    this.kills += 1
    this.#timers.die()
    this.line.resetAll()
    this.#timers = new MortalTimers()
    this.#engine = this.#make()
    await this.#engine.start()
  }

  async tryNow(): Promise<void> {
    await this.#engine.handlers.tryNow(undefined)
  }

  /** Operations that wait or failed. */
  async unsettled(): Promise<number> {
    const { outbox } = await this.#engine.handlers.getState(undefined)
    return outbox.waiting + outbox.failed
  }

  /** All messages of a conversation as the screen would show them, oldest first. */
  async messages(conversation: Id): Promise<MessageView[]> {
    const all: MessageView[] = []
    for (let before: number | null = null; ; ) {
      const page: MessagesPage = expectOk(
        await this.#engine.handlers.getMessages({
          conversation,
          limit: PAGE,
          ...(before === null ? {} : { before }),
        }),
      )
      all.unshift(...page.messages)
      before = page.messages[0]?.seq ?? null
      if (!page.hasOlder || before === null) return all
    }
  }

  async close(): Promise<void> {
    await this.#engine.close()
  }

  #make(): Engine {
    return createEngine({
      clock: { now: () => Date.now(), monotonic: () => performance.now() },
      timers: this.#timers,
      random: this.#random,
      bundledServer: noBundledServer,
      secretBox: plainBox,
      serverUrlOverride: this.line.url,
      profileDir: this.#folder,
      logger: pino({ level: 'silent' }),
      platform: 'linux',
    })
  }
}

function expectOk<T>(answer: { ok: true; value: T } | { ok: false; failure: { code: string } }): T {
  if (!answer.ok) throw new Error(`refused: ${answer.failure.code}`)
  return answer.value
}
