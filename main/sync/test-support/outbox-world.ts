import type { Message } from '../../../protocol/model/message.ts'
import { CloseCode } from '../../../protocol/wire/close-codes.ts'
import { confirmedMessage, mergeMessage } from '../merge-message.ts'
import type { Operation } from '../operation.ts'
import type { OutboxEffect } from '../outbox-protocol.ts'
import { allOperations, nextOutboxDeadline } from '../outbox-state.ts'
import { undoables } from '../outbox-undo.ts'
import { MAX_RETRIES, UNDO_MS } from '../retry-policy.ts'
import { type Fault, ModelServer } from './model-server.ts'
import { OutboxDriver } from './outbox-driver.ts'

type Transmit = Extract<OutboxEffect, { type: 'transmit' }>

/** What the user wants of one message. */
export interface Wish {
  readonly key: string
  readonly conversation: string
  body: string
  fate: 'kept' | 'deleted' | 'discarded'
  /** Whether something happened after which the text can no longer be told from the wishes alone. */
  isOpen: boolean
}

/** One thing that happens; `n` chooses among what there is. */
export type Happening =
  | { readonly do: 'send' | 'poison' | 'edit' | 'delete' | 'react' | 'read'; readonly n: number }
  | { readonly do: 'retry' | 'discard' | 'resolve' | 'observe'; readonly n: number }
  | { readonly do: 'edit elsewhere' | 'delete elsewhere'; readonly n: number }
  /** Another device and the user edit the same message, neither knowing of the other. */
  | { readonly do: 'clash' | 'undo'; readonly n: number }
  | { readonly do: 'remove' | 'add again'; readonly n: number }
  | { readonly do: 'close'; readonly code: number }
  | { readonly do: 'set clock'; readonly ms: number }
  | { readonly do: 'serve' | 'serve old'; readonly n: number; readonly fault: Fault }
  | { readonly do: 'online' | 'cut' | 'restart' | 'sign out' | 'sign in' | 'retry all' }
  | { readonly do: 'pass'; readonly ms: number }

/** A user, an outbox, a line that breaks, and a server: everything that the properties are checked on. */
export class OutboxWorld {
  readonly box = new OutboxDriver()
  readonly server = new ModelServer()
  readonly wishes: Wish[] = []
  /** Which one it was, by key, of every operation there ever was. */
  readonly madeAs = new Map<string, number>()
  /** Keys that the user decided on (failed, in conflict, discarded): when they take effect is no longer given. */
  readonly everSettled = new Set<string>()
  readonly confirmed = new Set<string>()
  /** Keys of edits that were ever in conflict. */
  readonly conflicts = new Set<string>()
  /** Keys of what could ever be taken back. */
  readonly everHeld = new Set<string>()
  readonly problems: string[] = []
  readonly #ordered: boolean
  readonly #messages = new Map<string, Message>()
  #line: Transmit[] = []
  /** What the server may still read of lines that are gone for the client. */
  #oldLines: Transmit[] = []
  #isOnline = false
  #isSignedIn = true
  #seen = 0

  constructor(ordered: boolean) {
    this.#ordered = ordered
  }

  happen(happening: Happening): void {
    this.#act(happening)
    this.#look()
  }

  /** Everything heals: the server answers all, the user retries what failed and decides what is in conflict. */
  calm(): void {
    this.happen({ do: 'sign in' })
    for (const n of [0, 1]) this.happen({ do: 'add again', n })
    for (let turn = 0; turn < 12; turn += 1) {
      this.happen({ do: 'online' })
      this.happen({ do: 'retry all' })
      for (let n = 0; n < 20; n += 1) this.happen({ do: 'resolve', n: 0 })
      for (let served = 0; served < 400; served += 1) {
        if (this.#line.length === 0) {
          const due = nextOutboxDeadline(this.box.state)
          if (due === null) break
          this.happen({ do: 'pass', ms: Math.max(due - this.box.monotonicMs, 0) })
        }
        this.happen({ do: 'serve', n: 0, fault: 'none' })
      }
    }
  }

  #act(happening: Happening): void {
    const { box } = this
    switch (happening.do) {
      case 'send':
      case 'poison':
        this.#send(happening.n, happening.do === 'poison')
        break
      case 'edit':
      case 'delete':
      case 'react':
        this.#change(happening.do, happening.n)
        break
      case 'read':
        box.read(happening.n + 1, `c${happening.n % 2}`)
        break
      case 'retry':
      case 'discard':
      case 'resolve':
        this.#decide(happening.do, happening.n)
        break
      case 'retry all':
        box.step({ type: 'retry-all' })
        break
      case 'edit elsewhere':
      case 'delete elsewhere':
        this.#changeElsewhere(happening.do, happening.n)
        break
      case 'remove':
        this.server.closed.add(`c${happening.n % 2}`)
        break
      case 'add again':
        this.server.closed.delete(`c${happening.n % 2}`)
        // Nothing of a line that ended before comes through so late.
        this.#oldLines = []
        break
      case 'clash': {
        const wish = pick(
          this.wishes.filter(({ key, fate }) => fate === 'kept' && this.#messages.has(key)),
          happening.n,
        )
        if (wish === undefined) break
        this.server.editElsewhere(wish.key, 'elsewhere')
        wish.isOpen = true
        this.#edit(wish, happening.n)
        break
      }
      case 'undo':
        this.#undo(happening.n)
        break
      case 'observe':
        this.#observe(happening.n)
        break
      case 'set clock':
        box.wallMs += happening.ms
        break
      case 'close':
        this.#close(happening.code)
        break
      case 'serve':
        this.#serve(happening.fault)
        break
      case 'serve old': {
        const [first, ...rest] = this.#oldLines
        this.#oldLines = rest
        if (first !== undefined) this.server.take(first.request, happening.fault)
        break
      }
      case 'online':
        if (this.#isOnline || !this.#isSignedIn) break
        this.#isOnline = true
        box.online(this.#ordered)
        break
      case 'cut':
        this.#loseLine()
        box.offline()
        break
      case 'restart':
        this.#loseLine()
        box.restart(500)
        if (!this.#isSignedIn) box.step({ type: 'signed-out' })
        break
      case 'sign out':
        this.#loseLine()
        this.#isSignedIn = false
        box.step({ type: 'signed-out' })
        break
      case 'sign in':
        this.#isSignedIn = true
        box.step({ type: 'signed-in' })
        break
      case 'pass':
        box.pass(happening.ms)
    }
  }

  #changeElsewhere(how: 'edit elsewhere' | 'delete elsewhere', n: number): void {
    const wish = pick(this.wishes, n)
    if (wish === undefined) return
    if (how === 'edit elsewhere') this.server.editElsewhere(wish.key, 'elsewhere')
    else this.server.deleteElsewhere(wish.key)
    wish.isOpen = true
  }

  /** The event of an own message comes through the stream, as it was when it was written. */
  #observe(n: number): void {
    const message = pick([...this.server.messages.values()], n)
    if (message === undefined || !this.#isOnline) return
    this.box.observe({ ...message, version: 1 })
    this.#learn(message)
  }

  #send(n: number, poisoned: boolean): void {
    const conversation = `c${n % 2}`
    const body = `message ${this.wishes.length}`
    const quoted =
      n % 5 === 0 ? this.wishes.findLast((w) => w.conversation === conversation) : undefined
    const key = this.box.send(
      body,
      conversation,
      this.box.has(quoted?.key ?? '') ? quoted?.key : null,
    )
    if (poisoned) this.server.poisoned.add(key)
    this.wishes.push({ key, conversation, body, fate: 'kept', isOpen: false })
  }

  #change(kind: 'edit' | 'delete' | 'react', n: number): void {
    // What was written last is what is still on the line.
    const wish = pick(n % 2 === 0 ? this.wishes : this.wishes.slice(-3), n)
    if (wish === undefined || wish.fate !== 'kept') return
    const known = this.#messages.get(wish.key)
    if (known === undefined && !this.box.has(wish.key)) return
    const target = { key: wish.key, id: known?.id ?? null }
    const common = { key: this.box.newKey(), conversation: wish.conversation, createdAt: 0, target }
    if (kind === 'react') this.box.enqueue({ kind, ...common, emoji: '👍', on: n % 3 !== 0 })
    if (kind === 'delete') {
      const holdMs = n % 3 === 0 ? 0 : UNDO_MS
      this.box.step({ type: 'enqueue', draft: { kind, ...common }, holdMs })
      // What is written meanwhile may overtake it.
      if (holdMs > 0) this.everSettled.add(common.key)
      wish.fate = 'deleted'
    }
    if (kind === 'edit') this.#edit(wish, n)
  }

  #edit(wish: Wish, n: number): void {
    const known = this.#messages.get(wish.key)
    wish.body = `edit ${n} of ${wish.body}`
    this.box.enqueue({
      ...{ kind: 'edit', key: this.box.newKey(), conversation: wish.conversation, createdAt: 0 },
      target: { key: wish.key, id: known?.id ?? null },
      body: wish.body,
      baseVersion: known?.version ?? null,
    })
  }

  #undo(n: number): void {
    const { box } = this
    const key = pick(undoables(box.state), n)?.key
    if (key === undefined) return
    const subject = this.wishes.find((wish) => wish.key === subjectKey(box.operation(key)))
    if (subject !== undefined) {
      subject.isOpen = true
      subject.fate = 'kept'
    }
    box.step({ type: 'undo', key })
  }

  #decide(what: 'retry' | 'discard' | 'resolve', n: number): void {
    const { box } = this
    const among = allOperations(box.state).filter(
      (operation) => what !== 'resolve' || operation.status.state === 'conflict',
    )
    const operation = pick(among, n)
    if (operation === undefined) return
    const { key } = operation
    if (what === 'retry') box.retry(key)
    if (what === 'resolve') {
      const newKey = box.newKey()
      this.everSettled.add(newKey)
      box.step({ type: 'resolve', key, choice: 'mine', newKey })
    }
    if (what === 'discard') {
      const subject = this.wishes.find((wish) => wish.key === subjectKey(operation))
      if (subject !== undefined) subject.isOpen = true
      if (subject?.key === key) subject.fate = 'discarded'
      this.everSettled.add(key)
      box.discard(key)
    }
  }

  #serve(fault: Fault): void {
    const [first, ...rest] = this.#line
    if (first === undefined) return
    this.#line = rest
    const outcome = this.server.take(first.request, fault)
    const { key, transmission } = first
    if (outcome !== null) this.box.step({ type: 'outcome', key, transmission, outcome })
  }

  /** The server closes the line; for a frame that is too large only when there is one, which it then does not read. */
  #close(code: number): void {
    const isTooLarge = code === CloseCode.frameTooLarge
    if (isTooLarge && this.#line.length === 0) return
    if (isTooLarge) this.#line = []
    this.#loseLine()
    this.box.offline(code)
    if (this.box.state.link.status === 'signed-out') this.#isSignedIn = false
  }

  #loseLine(): void {
    this.#isOnline = false
    this.#oldLines = [...this.#oldLines, ...this.#line].slice(-30)
    this.#line = []
  }

  /** Takes note of what the last step did, and whether it was allowed to. */
  #look(): void {
    const { box } = this
    for (const effect of box.effects.slice(this.#seen)) this.#note(effect)
    this.#seen = box.effects.length
    for (const operation of allOperations(box.state)) {
      const { key, status } = operation
      if (this.confirmed.has(key)) this.problems.push(`${key} came back after it was confirmed`)
      if (operation.attempts > MAX_RETRIES + 1) this.problems.push(`${key}: too many attempts`)
      if (status.state === 'conflict') this.conflicts.add(key)
      if (status.state === 'held') this.everHeld.add(key)
      if (status.state === 'held' || status.state === 'failed' || status.state === 'conflict')
        this.everSettled.add(key)
      if (status.state === 'sending' && !this.#isOnline)
        this.problems.push(`${key}: sending offline`)
      if (!this.madeAs.has(key)) this.madeAs.set(key, this.madeAs.size)
    }
  }

  #note(effect: OutboxEffect): void {
    if (effect.type === 'transmit') {
      if (!this.#isOnline) this.problems.push(`${effect.key} was transmitted offline`)
      if (this.confirmed.has(effect.key)) this.problems.push(`${effect.key} was sent after its yes`)
      this.#line.push(effect)
    }
    if (effect.type === 'learn') this.#learn(effect.message)
    if (effect.type === 'confirm') {
      const { operation, result } = effect
      this.confirmed.add(operation.key)
      const stored = this.#messages.get(subjectKey(operation)) ?? null
      const context = { self: 'me', at: '2026-01-01T00:00:00.000Z', applied: 0 }
      const message = confirmedMessage(operation, result, stored, context)
      if (message !== null) this.#learn(message)
    }
  }

  #learn(message: Message): void {
    const key = message.key ?? message.id
    this.#messages.set(key, mergeMessage(this.#messages.get(key) ?? null, message))
  }
}

function subjectKey(operation: Operation): string {
  return 'target' in operation ? operation.target.key : operation.key
}

function pick<T>(from: readonly T[], n: number): T | undefined {
  return from[n % from.length]
}
