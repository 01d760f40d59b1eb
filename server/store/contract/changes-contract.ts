import { describe, expect, test } from 'vitest'
import { makeCommand } from '../../test-support/make-command.ts'
import { EDIT_WINDOW_MS, newUser, type OpenStore, replyOf, START, useStore } from './fixture.ts'

/** That what is decided is what is stored, for each kind of change. */
export function changesContract(open: OpenStore): void {
  describe('changes', () => {
    const fixture = useStore(open)

    test('[V2] seqs of a stream run 1, 2, 3 … through everything that happens in it', async () => {
      const group = await fixture.group(['bob'])
      const message = await fixture.send('ann', group, 'one')
      await fixture.reply('edit', 'ann', { message: message.id, body: 'two', baseVersion: 1 })
      await fixture.reply('react', 'bob', { message: message.id, emoji: '👍', on: true })
      await fixture.reply('member.add', 'ann', { conversation: group, user: 'cy' })
      await fixture.reply('conversation.update', 'ann', { conversation: group, title: 'Crew' })
      await fixture.reply('react', 'bob', { message: message.id, emoji: '👍', on: false })
      await fixture.reply('member.role', 'ann', { conversation: group, user: 'cy', role: 'admin' })
      await fixture.reply('delete', 'cy', { message: message.id })
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'cy' })
      const events = await fixture.events(group)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1))
      expect(events.map(({ type, by }) => `${type} ${by}`)).toEqual([
        'conversation.created ann',
        'message.created ann',
        'message.edited ann',
        'reaction.added bob',
        'member.added ann',
        'conversation.updated ann',
        'reaction.removed bob',
        'member.role ann',
        'message.deleted cy',
        'member.removed ann',
      ])
    })

    test('[V3] everything is told before it is answered, in the order of the stream', async () => {
      const group = await fixture.group(['bob'])
      fixture.told.length = 0
      const send = fixture.ask('send', 'ann', { conversation: group, body: 'told' })
      const seen = await send.then(() => fixture.told.slice())
      expect(seen).toMatchObject([{ stream: group, entries: [{ seq: 2 }], rewritten: [] }])
      expect(seen[0]?.entries[0]?.json).toBe(JSON.stringify((await fixture.events(group))[1]))
    })

    test('[O3] commands of one lane take effect in the order in which they came', async () => {
      const group = await fixture.group(['bob'])
      const sends = Array.from({ length: 300 }, (_, i) =>
        fixture.ask('send', 'ann', { conversation: group, body: `${i}` }, 77),
      )
      const seqs = (await Promise.all(sends)).map((outcome) => replyOf<'send'>(outcome).seq)
      expect(seqs).toEqual(Array.from({ length: 300 }, (_, i) => i + 2))
    })

    test('a refusal undoes nothing of what came with it', async () => {
      const group = await fixture.group(['bob'])
      const outcomes = await Promise.all([
        fixture.ask('send', 'ann', { conversation: group, body: 'a' }, 5),
        fixture.ask('send', 'dee', { conversation: group, body: 'not a member' }, 6),
        fixture.ask('send', 'ann', { conversation: 'nowhere', body: 'lost' }, 5),
        fixture.ask('send', 'bob', { conversation: group, body: 'b' }, 7),
      ])
      expect(outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.error.code))).toEqual([
        'ok',
        'forbidden',
        'not_found',
        'ok',
      ])
      expect((await fixture.store.heads([group])).get(group)).toBe(3)
    })

    test('a reply may be to a message of its own conversation only', async () => {
      const group = await fixture.group([])
      const elsewhere = await fixture.group([])
      const original = await fixture.send('ann', group, 'original')
      const asked = { body: 'reply', replyTo: original.id }
      const there = await fixture.reply('send', 'ann', { conversation: group, ...asked })
      expect(there.message.replyTo).toBe(original.id)
      expect(await fixture.ask('send', 'ann', { conversation: elsewhere, ...asked })).toMatchObject(
        {
          error: { code: 'not_found' },
        },
      )
    })

    test('[V1] an edit meets the version, the window and the deletion as they are', async () => {
      const group = await fixture.group(['bob'])
      const { id } = await fixture.send('bob', group, 'v1')
      await fixture.reply('react', 'ann', { message: id, emoji: '🎉', on: true })
      const edit = (body: string, baseVersion: number) =>
        fixture.ask('edit', 'bob', { message: id, body, baseVersion })
      expect(await edit('v2', 1)).toMatchObject({ reply: { version: 2 } })
      expect(await edit('v2 again', 1)).toMatchObject({
        error: {
          code: 'conflict',
          details: { current: { id, body: 'v2', version: 2, reactions: { '🎉': ['ann'] } } },
        },
      })
      fixture.now = START + EDIT_WINDOW_MS + 1
      expect(await edit('late', 2)).toMatchObject({ error: { code: 'edit_window_expired' } })
      fixture.now = START
      await fixture.reply('delete', 'bob', { message: id })
      expect(await edit('gone', 3)).toMatchObject({ error: { code: 'gone' } })
      expect(await fixture.ask('edit', 'dee', { message: id, body: 'x', baseVersion: 1 })).toEqual(
        await fixture.ask('edit', 'dee', { message: 'no such', body: 'x', baseVersion: 1 }),
      )
    })

    test('a deletion takes every body out of what is stored, and names the events that lost it', async () => {
      const group = await fixture.group(['bob'])
      const message = await fixture.send('bob', group, 'secret 1')
      const { id } = message
      await fixture.reply('edit', 'bob', { message: id, body: 'secret 2', baseVersion: 1 })
      await fixture.reply('edit', 'bob', { message: id, body: 'secret 3', baseVersion: 2 })
      await fixture.reply('react', 'ann', { message: id, emoji: '👀', on: true })
      fixture.told.length = 0
      const { seq } = await fixture.reply('delete', 'ann', { message: id })
      const events = await fixture.events(group)
      expect(JSON.stringify(events)).not.toContain('secret')
      expect(fixture.told).toMatchObject([
        { stream: group, entries: [{ seq }], rewritten: [{ seq: 2 }, { seq: 3 }, { seq: 4 }] },
      ])
      for (const { seq: at, json } of fixture.told[0]?.rewritten ?? []) {
        expect(json).toBe(JSON.stringify(events[at - 1]))
        expect(json).toContain('deletedAt')
      }
      const again = await fixture.ask('delete', 'bob', { message: id })
      expect(again).toMatchObject({ duplicate: true, reply: { seq } })
    })

    test('reactions are put and dropped once, and counted by emoji', async () => {
      const group = await fixture.group(['bob'])
      const { id } = await fixture.send('ann', group, 'react to me')
      const react = (actor: string, emoji: string, on: boolean) =>
        fixture.ask('react', actor, { message: id, emoji, on })
      expect(await react('ann', '👍', true)).toMatchObject({ duplicate: false })
      expect(await react('ann', '👍', true)).toMatchObject({ duplicate: true })
      expect(await react('bob', '👍', false)).toMatchObject({ duplicate: true })
      const animals = Array.from({ length: 49 }, (_, n) => String.fromCodePoint(0x1f400 + n))
      for (const animal of animals) replyOf(await react('bob', animal, true))
      expect(await react('bob', '🎉', true)).toMatchObject({ error: { code: 'invalid' } })
      expect(await react('bob', '👍', true)).toMatchObject({ ok: true })
      expect(await react('bob', 'half \ud800', true)).toMatchObject({ error: { code: 'invalid' } })
      expect(await react('bob', 'nul \u0000', true)).toMatchObject({ error: { code: 'invalid' } })
    })

    test.each(['a\0b', '\ud800', 'x\udc00'])(
      'text that cannot be kept (%j) is refused in every change alike',
      async (text) => {
        const group = await fixture.group([])
        const { id } = await fixture.send('ann', group, 'as it was')
        const head = (await fixture.events(group)).length
        for (const refused of [
          await fixture.ask('send', 'ann', { conversation: group, body: text }),
          await fixture.ask('edit', 'ann', { message: id, body: text, baseVersion: 1 }),
          await fixture.ask('react', 'ann', { message: id, emoji: text, on: true }),
          await fixture.ask('react', 'ann', { message: id, emoji: text, on: false }),
          await fixture.ask('conversation.update', 'ann', { conversation: group, title: text }),
          await fixture.ask('conversation.create', 'ann', {
            kind: 'group',
            title: text,
            members: [],
          }),
        ]) {
          expect(refused).toMatchObject({ ok: false, error: { code: 'invalid', retryable: false } })
        }
        expect(await fixture.events(group)).toHaveLength(head)
      },
    )

    test('read marks move forward, never past the head, and stay over a removal', async () => {
      const group = await fixture.group(['bob'])
      await fixture.send('ann', group, 'one')
      const own = async () =>
        (await fixture.events('user:bob')).filter(({ type }) => type === 'read')
      const before = (await own()).length
      const marks = async () => (await own()).slice(before)
      for (const seq of [1, 99, 2, 1])
        await fixture.ask('read', 'bob', { conversation: group, seq })
      expect(await marks()).toMatchObject([{ upTo: 1 }, { upTo: 2 }])
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'bob' })
      await fixture.reply('member.add', 'ann', { conversation: group, user: 'bob' })
      await fixture.ask('read', 'bob', { conversation: group, seq: 2 })
      expect(await marks()).toHaveLength(2)
      await Promise.all(
        [3, 4].map((seq) => fixture.ask('read', 'bob', { conversation: group, seq }, 8)),
      )
      expect(await marks()).toMatchObject([{ upTo: 1 }, { upTo: 2 }, { upTo: 3 }, { upTo: 4 }])
    })

    test('there is one direct conversation for each pair, also when both ask at once', async () => {
      const create = (actor: string, members: string[]) =>
        fixture.ask('conversation.create', actor, { kind: 'direct', members })
      const both = await Promise.all([create('cy', ['dee']), create('dee', ['cy'])])
      const ids = both.map((outcome) => replyOf<'conversation.create'>(outcome).conversation.id)
      expect(new Set(ids).size).toBe(1)
      expect(both.map((outcome) => outcome.ok && outcome.duplicate).sort()).toEqual([false, true])
      const later = replyOf<'conversation.create'>(await create('cy', ['dee']))
      expect(later.conversation).toEqual({
        id: ids[0],
        kind: 'direct',
        title: null,
        members: ['cy', 'dee'].map((id) => ({
          user: id,
          role: 'member',
          profile: { id, username: id, displayName: `${id} display` },
        })),
      })
      const notes = replyOf<'conversation.create'>(await create('cy', []))
      expect(notes.conversation.id).not.toBe(ids[0])
      expect(replyOf<'conversation.create'>(await create('cy', ['cy']))).toEqual(notes)
    })

    test('joining and leaving are in each one’s own stream, from the same transaction', async () => {
      fixture.told.length = 0
      const group = await fixture.group(['bob'])
      await fixture.reply('member.add', 'ann', { conversation: group, user: 'dee' })
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'dee' })
      expect(fixture.told.map(({ stream }) => stream)).toEqual([
        ...[group, 'user:ann', 'user:bob'],
        ...[group, 'user:dee'],
        ...[group, 'user:dee'],
      ])
      const access = fixture.told.flatMap(({ entries }) =>
        entries.flatMap((one) => one.access ?? []),
      )
      const places = access.map(({ user, allowed }) => `${user} ${allowed}`)
      expect(places).toEqual([
        ...['ann true', 'bob true'],
        ...['dee true', 'dee true'],
        ...['dee false', 'dee false'],
      ])
      expect(access.every(({ conversation }) => conversation === group)).toBe(true)
    })

    test('members and owners are counted as they come, change and go', async () => {
      const group = await fixture.group(['bob', 'cy'])
      const role = (user: string, to: 'owner' | 'member') =>
        fixture.ask('member.role', 'ann', { conversation: group, user, role: to })
      const leave = (user: string) =>
        fixture.ask('member.remove', user, { conversation: group, user })
      expect(await leave('ann')).toMatchObject({ error: { code: 'forbidden' } })
      expect(await role('ann', 'member')).toMatchObject({ error: { code: 'forbidden' } })
      replyOf(await role('bob', 'owner'))
      replyOf(await role('ann', 'member'))
      replyOf(await leave('ann'))
      expect(await leave('bob')).toMatchObject({ error: { code: 'forbidden' } })
      replyOf(await leave('cy'))
      replyOf(await leave('bob'))
      expect(await fixture.store.isMember(group, 'bob')).toBe(false)
    })

    test('nobody is added who does not exist, and anybody from the moment one does', async () => {
      const group = await fixture.group([])
      const add = makeCommand('member.add', 'ann', { conversation: group, user: 'new' })
      expect(await fixture.execute(add)).toMatchObject({ error: { code: 'not_found' } })
      const create = { kind: 'group' as const, members: ['new', 'bob'] }
      expect(await fixture.ask('conversation.create', 'ann', create)).toMatchObject({
        error: { code: 'not_found', details: { users: ['new'] } },
      })
      await fixture.store.createUser(newUser('new'))
      expect(await fixture.execute(add)).toMatchObject({ ok: true, duplicate: false })
      expect(await fixture.events('user:new')).toMatchObject([{ seq: 1, conversation: group }])
    })
  })
}
