import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Role } from '../../protocol/model/conversation.ts'
import type { StreamEvent } from '../../protocol/model/event.ts'
import type { Message } from '../../protocol/model/message.ts'
import type { Id } from '../../protocol/model/primitives.ts'
import type { AnyCommand, ChangeOp, ReplyBody } from '../domain/command.ts'
import { usernameKey } from '../domain/names.ts'
import { makeCommand } from '../test-support/make-command.ts'
import { type Seeded, seeded } from '../test-support/seeded.ts'
import type { NewUser, Outcome, Store } from './store.ts'

/** The stores of the nodes that share one database, and how to end them. */
export interface RacingNodes {
  readonly nodes: readonly Store[]
  close(): Promise<void>
}

/** How often each race is run, each time with another seed. */
const SEEDS = 200

/**
 * Races that an earlier system lost because it checked rights before it wrote [V1]. Commands are given in a drawn
 * order, over a drawn node, some turns of the event loop apart; what happened is then read from the stream.
 */
export function storeRaces(name: string, open: () => Promise<RacingNodes>): void {
  describe(name, () => {
    let racing: RacingNodes
    beforeAll(async () => {
      racing = await open()
      for (const user of ['ann', 'bob', 'cy']) await first().createUser(newUser(user))
    }, 60_000)
    afterAll(() => racing.close())

    const first = (): Store => {
      const [store] = racing.nodes
      if (store === undefined) throw new Error('no node')
      return store
    }
    const setUp = (): Promise<Group> => makeGroup(first())
    const race = (random: Seeded, commands: readonly AnyCommand[]) =>
      runRace(racing.nodes, random, commands)

    /** Runs a race with every seed; a failure names its seed. */
    const withSeeds = async (once: (random: Seeded) => Promise<void>): Promise<void> => {
      for (let seed = 1; seed <= SEEDS; seed += 1) {
        try {
          await once(seeded(seed))
        } catch (cause) {
          throw new Error(`with seed ${seed}: ${cause}`, { cause })
        }
      }
    }

    test('[V1] 12 edits of one version: one wins, eleven meet the message as it is now', async () => {
      await withSeeds(async (random) => {
        const group = await setUp()
        const { id } = await group.send('bob', 'original')
        const edits = Array.from({ length: 12 }, (_, i) =>
          makeCommand('edit', 'bob', { message: id, body: `edit ${i}`, baseVersion: 1 }),
        )
        const outcomes = await race(random, edits)
        const won = edits.filter((edit) => outcomes.get(edit)?.ok)
        expect(won).toHaveLength(1)
        const current = { id, version: 2, body: won[0]?.request.body }
        for (const edit of edits.filter((other) => other !== won[0])) {
          expect(outcomes.get(edit)).toMatchObject({
            ok: false,
            error: { code: 'conflict', details: { current } },
          })
        }
        expect(await group.messages()).toMatchObject([current])
        expect((await group.events()).map(({ type }) => type)).toEqual([
          'conversation.created',
          'message.created',
          'message.edited',
        ])
      })
    }, 240_000)

    test('[V1] a removal racing 20 sends: no message after it', async () => {
      await withSeeds(async (random) => {
        const group = await setUp()
        const sends = Array.from({ length: 20 }, (_, i) =>
          makeCommand('send', 'bob', { conversation: group.id, body: `${i}` }),
        )
        const removal = makeCommand('member.remove', 'ann', { conversation: group.id, user: 'bob' })
        const outcomes = await race(random, [...sends, removal])
        const removedAt = okReply<'member.remove'>(outcomes.get(removal)).seq
        const events = await group.events()
        const written = events.flatMap((event) =>
          event.type === 'message.created' ? [event.seq] : [],
        )
        expect(written.every((seq) => seq < removedAt)).toBe(true)
        expect(events.at(-1)).toMatchObject({ type: 'member.removed', seq: removedAt })
        const acknowledged = sends.flatMap((send) => {
          const outcome = outcomes.get(send)
          if (outcome?.ok) return [okReply<'send'>(outcome).seq]
          expect(outcome).toMatchObject({ error: { code: 'forbidden' } })
          return []
        })
        expect(acknowledged.sort((a, b) => a - b)).toEqual(written)
      })
    }, 240_000)

    test('[V1] a demotion racing 10 deletes: none after it', async () => {
      await withSeeds(async (random) => {
        const group = await setUp()
        await group.giveRole('bob', 'admin')
        const messages = await Promise.all(
          Array.from({ length: 10 }, (_, i) => group.send('ann', `${i}`)),
        )
        const deletes = messages.map(({ id }) => makeCommand('delete', 'bob', { message: id }))
        const demotion = makeCommand('member.role', 'ann', {
          conversation: group.id,
          user: 'bob',
          role: 'member',
        })
        const outcomes = await race(random, [...deletes, demotion])
        const demotedAt = okReply<'member.role'>(outcomes.get(demotion)).seq
        const events = await group.events()
        const deleted = events.filter((event) => event.type === 'message.deleted')
        expect(deleted.every((event) => event.seq < demotedAt)).toBe(true)
        const acknowledged = deletes.filter((command) => outcomes.get(command)?.ok)
        expect(acknowledged).toHaveLength(deleted.length)
        const standing = (await group.messages()).filter((message) => message.body !== undefined)
        expect(standing).toHaveLength(10 - deleted.length)
      })
    }, 240_000)

    test('[V1] an edit racing a delete: one order, and the body never comes back', async () => {
      await withSeeds(async (random) => {
        const group = await setUp()
        const { id } = await group.send('bob', 'secret one')
        const edit = makeCommand('edit', 'bob', { message: id, body: 'secret two', baseVersion: 1 })
        const erase = makeCommand('delete', 'ann', { message: id })
        await group.giveRole('cy', 'admin')
        const again = makeCommand('delete', 'cy', { message: id })
        const outcomes = await race(random, [edit, erase, again])
        const edited = outcomes.get(edit)
        if (!edited?.ok) expect(edited).toMatchObject({ error: { code: 'gone' } })
        const seqs = [erase, again].map((one) => okReply<'delete'>(outcomes.get(one)).seq)
        expect(new Set(seqs).size).toBe(1)
        const events = await group.events()
        expect(JSON.stringify(events)).not.toContain('secret')
        expect(events.filter((event) => event.type === 'message.deleted')).toHaveLength(1)
        expect(events.at(-1)).toMatchObject({ type: 'message.deleted', seq: seqs[0] })
        const [message] = await group.messages()
        expect(message).toMatchObject({ id, version: edited?.ok ? 3 : 2 })
        expect(message).toHaveProperty('deletedAt')
        expect(message).not.toHaveProperty('body')
      })
    }, 240_000)

    test('[V4] one key at once from everywhere: one message, and every answer is that message', async () => {
      await withSeeds(async (random) => {
        const group = await setUp()
        const asked = { conversation: group.id, body: 'once', key: randomUUID() }
        const twins = Array.from({ length: 6 }, () => makeCommand('send', 'bob', asked))
        const other = makeCommand('send', 'bob', { ...asked, body: 'something else' })
        const outcomes = await race(random, [...twins, other])
        const written = (await group.events()).filter((event) => event.type === 'message.created')
        expect(written).toHaveLength(1)
        const fresh = [...outcomes.values()].filter((outcome) => outcome.ok && !outcome.duplicate)
        expect(fresh).toHaveLength(1)
        const otherWon = outcomes.get(other)?.ok === true
        for (const command of otherWon ? twins : [other]) {
          expect(outcomes.get(command)).toMatchObject({ error: { code: 'key_reused' } })
        }
        for (const command of otherWon ? [other] : twins) {
          expect(okReply<'send'>(outcomes.get(command)).seq).toBe(written[0]?.seq)
        }
      })
    }, 240_000)
  })
}

/** A fresh group of ann (its owner), bob and cy. */
interface Group {
  readonly id: Id
  giveRole(user: Id, role: Role): Promise<void>
  send(actor: Id, body: string): Promise<Message>
  /** All events so far. Fails when they are not numbered 1, 2, 3 … up to the head. */
  events(): Promise<StreamEvent[]>
  messages(): Promise<readonly Message[]>
}

async function makeGroup(store: Store): Promise<Group> {
  const asked = { kind: 'group' as const, members: ['bob', 'cy'] }
  const made = await store.execute(makeCommand('conversation.create', 'ann', asked))
  const { id } = okReply<'conversation.create'>(made).conversation
  return {
    id,
    async giveRole(user, role) {
      okReply(
        await store.execute(makeCommand('member.role', 'ann', { conversation: id, user, role })),
      )
    },
    async send(actor, body) {
      const sent = await store.execute(makeCommand('send', actor, { conversation: id, body }))
      return okReply<'send'>(sent).message
    },
    async events() {
      const request = { stream: id, after: 0, limit: 500, maxBytes: 1 << 20 }
      const { entries, head } = await store.entriesAfter(request)
      expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, i) => i + 1))
      return entries.map(({ json }): StreamEvent => JSON.parse(json))
    },
    async messages() {
      const request = { conversation: id, before: null, limit: 200, maxBytes: 1 << 20 }
      const history = await store.history('ann', request)
      if (!history.ok) throw new Error(history.error.message)
      return history.value
    },
  }
}

/** Gives the commands in a drawn order, each to a drawn node and some turns of the event loop after the one before. */
async function runRace(
  nodes: readonly Store[],
  random: Seeded,
  commands: readonly AnyCommand[],
): Promise<Map<AnyCommand, Outcome>> {
  const outcomes = new Map<AnyCommand, Outcome>()
  const running: Promise<void>[] = []
  for (const command of random.shuffled(commands)) {
    const node = nodes[random.int(nodes.length)]
    if (node === undefined) throw new Error('no node')
    running.push(node.execute(command).then((outcome) => void outcomes.set(command, outcome)))
    for (let turns = random.int(3); turns > 0; turns -= 1) await turn()
  }
  await Promise.all(running)
  return outcomes
}

function okReply<O extends ChangeOp>(outcome: Outcome | undefined): ReplyBody<O> {
  if (!outcome?.ok) throw new Error(`refused: ${outcome?.error.code}`)
  return outcome.reply as ReplyBody<O>
}

function newUser(name: string): NewUser {
  return {
    id: name,
    username: name,
    usernameKey: usernameKey(name),
    looks: [name],
    displayName: name,
    passwordHash: 'none',
    createdAt: 0,
  }
}
