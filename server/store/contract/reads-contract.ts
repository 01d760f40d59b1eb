import { describe, expect, test } from 'vitest'
import type { Message } from '../../../protocol/model/message.ts'
import { newUser, type OpenStore, useStore } from './fixture.ts'

const AMPLE = 1 << 24

/** Reading: pages, rights, the state of messages now, people. */
export function readsContract(open: OpenStore): void {
  describe('reads', () => {
    const fixture = useStore(open)

    const history = async (reader: string, conversation: string, before: number | null = null) =>
      fixture.store.history(reader, { conversation, before, limit: 100, maxBytes: AMPLE })

    test('a page begins after the cursor and is bounded by number and by bytes', async () => {
      const group = await fixture.group([])
      for (let i = 0; i < 20; i += 1) await fixture.send('ann', group, 'x'.repeat(1000))
      const page = async (after: number, limit: number, maxBytes: number) => {
        const { entries, head } = await fixture.store.entriesAfter({
          stream: group,
          after,
          limit,
          maxBytes,
        })
        expect(head).toBe(21)
        return entries.map(({ seq }) => seq)
      }
      expect(await page(0, 3, AMPLE)).toEqual([1, 2, 3])
      expect(await page(19, 10, AMPLE)).toEqual([20, 21])
      expect(await page(21, 10, AMPLE)).toEqual([])
      expect(await page(500, 10, AMPLE)).toEqual([])
      expect(await page(5, 10, 1)).toEqual([6])
      const bounded = await page(1, 20, 5000)
      expect(bounded.length).toBeGreaterThanOrEqual(4)
      expect(bounded.length).toBeLessThanOrEqual(5)
      expect(
        await fixture.store.entriesAfter({ stream: 'none', after: 0, limit: 1, maxBytes: 1 }),
      ).toEqual({ entries: [], head: 0 })
    })

    test('events that change who may read say so when they are read back', async () => {
      const group = await fixture.group(['bob'])
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'bob' })
      const page = { stream: group, after: 0, limit: 10, maxBytes: AMPLE }
      const { entries } = await fixture.store.entriesAfter(page)
      expect(entries[1]?.access).toEqual({ user: 'bob', conversation: group, allowed: false })
      expect(entries[0]).not.toHaveProperty('access')
    })

    test('[V6] only members read, and everyone reads only the own user stream', async () => {
      const group = await fixture.group(['bob', 'cy'])
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'cy' })
      const read = async (reader: string, stream: string) => {
        const page = { stream, after: 0, limit: 100, maxBytes: AMPLE }
        const reading = await fixture.store.eventsFor(reader, page)
        return reading.ok ? reading.value.entries.length : reading.error.code
      }
      expect(await read('bob', group)).toBe(2)
      expect(await read('cy', group)).toBe('forbidden')
      expect(await read('dee', group)).toBe('forbidden')
      expect(await read('bob', 'nowhere')).toBe('not_found')
      expect(await read('bob', 'user:cy')).toBe('not_found')
      expect(await read('bob', 'user:bob')).toBeGreaterThan(0)
      for (const ask of [
        (reader: string, id: string) => fixture.store.conversation(reader, id),
        (reader: string, id: string) => history(reader, id),
      ]) {
        expect(await ask('bob', group)).toMatchObject({ ok: true })
        expect(await ask('cy', group)).toMatchObject({ error: { code: 'forbidden' } })
        expect(await ask('dee', group)).toMatchObject({ error: { code: 'forbidden' } })
        expect(await ask('bob', 'nowhere')).toMatchObject({ error: { code: 'not_found' } })
      }
      expect(await fixture.store.isMember(group, 'bob')).toBe(true)
      expect(await fixture.store.isMember(group, 'cy')).toBe(false)
      expect(await fixture.store.isMember('nowhere', 'bob')).toBe(false)
    })

    test('heads are those of the streams that one may read, each as it is', async () => {
      const before = await fixture.store.readableHeads('dee')
      const group = await fixture.group(['dee'])
      await fixture.send('ann', group, 'one')
      const own = (before.get('user:dee') ?? 0) + 1
      const now = new Map([...before, [group, 2], ['user:dee', own]])
      expect(await fixture.store.readableHeads('dee')).toEqual(now)
      await fixture.reply('member.remove', 'dee', { conversation: group, user: 'dee' })
      expect((await fixture.store.readableHeads('dee')).has(group)).toBe(false)
      expect(await fixture.store.heads([group, 'user:dee', 'none'])).toEqual(
        new Map([
          [group, 3],
          ['user:dee', own + 1],
        ]),
      )
      expect(await fixture.store.heads([])).toEqual(new Map())
    })

    test('history shows messages as they are now, newest first', async () => {
      const group = await fixture.group(['bob'])
      const [first, second, third] = [
        await fixture.send('ann', group, 'one "quoted" \\ 😀'),
        await fixture.send('bob', group, 'two'),
        await fixture.send('ann', group, 'three'),
      ]
      await fixture.reply('edit', 'bob', { message: second.id, body: 'two edited', baseVersion: 1 })
      for (const [actor, emoji] of [
        ['bob', '👍'],
        ['ann', '👀'],
        ['ann', '👍'],
      ] as const) {
        await fixture.reply('react', actor, { message: first.id, emoji, on: true })
      }
      await fixture.reply('delete', 'ann', { message: third.id })
      const { body: _body, ...rest } = third
      const at = expect.stringMatching(/^2030-/)
      const expected: unknown[] = [
        { ...rest, version: 2, deletedAt: at },
        { ...second, body: 'two edited', version: 2, editedAt: at },
        { ...first, reactions: { '👍': ['bob', 'ann'], '👀': ['ann'] } },
      ]
      expect(await history('bob', group)).toEqual({ ok: true, value: expected })
      expect(await history('bob', group, second.seq)).toEqual({ ok: true, value: [expected[2]] })
      const limited = { conversation: group, before: null, limit: 2, maxBytes: AMPLE }
      expect(await fixture.store.history('ann', limited)).toEqual({
        ok: true,
        value: expected.slice(0, 2),
      })
      const empty = await fixture.group([])
      expect(await history('ann', empty)).toEqual({ ok: true, value: [] })
    })

    test('history is bounded by bytes, and never empty for it', async () => {
      const group = await fixture.group([])
      for (let i = 0; i < 5; i += 1) await fixture.send('ann', group, 'y'.repeat(1000))
      const read = async (maxBytes: number) => {
        const request = { conversation: group, before: null, limit: 100, maxBytes }
        const reading = await fixture.store.history('ann', request)
        return reading.ok ? reading.value.map(({ seq }: Message) => seq) : []
      }
      expect(await read(1)).toEqual([6])
      expect((await read(2500)).length).toBeLessThanOrEqual(3)
    })

    test('a conversation is shown with its members, in the order they came', async () => {
      const group = await fixture.group(['cy', 'bob'])
      await fixture.reply('member.add', 'ann', { conversation: group, user: 'dee' })
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'cy' })
      await fixture.reply('conversation.update', 'ann', { conversation: group, title: 'Name' })
      const member = (id: string, role: string) => ({
        user: id,
        role,
        profile: { id, username: id, displayName: `${id} display` },
      })
      expect(await fixture.store.conversation('dee', group)).toEqual({
        ok: true,
        value: {
          id: group,
          kind: 'group',
          title: 'Name',
          members: [member('ann', 'owner'), member('bob', 'member'), member('dee', 'member')],
        },
      })
    })

    test('[F24] people are found by the beginning of any word of either name, without case and accents, exact ones first', async () => {
      await fixture.store.createUser({ ...newUser('Zoe', 'Somebody'), id: 'zoe' })
      await fixture.store.createUser({ ...newUser('zoelle', 'Else'), id: 'zoelle' })
      await fixture.store.createUser({ ...newUser('other', 'ZOË Ω%_\\'), id: 'other' })
      await fixture.store.createUser({ ...newUser('kurt', 'Zoe the third'), id: 'kurt' })
      const find = async (query: string, limit = 20) =>
        (await fixture.store.findUsers(query, limit)).map(({ id }) => id)
      expect(await find('ZOE')).toEqual(['zoe', 'zoelle', 'kurt', 'other'])
      expect(await find('zoe', 2)).toEqual(['zoe', 'zoelle'])
      expect(await find('zoë ω%')).toEqual(['other'])
      expect(await find('third')).toEqual(['kurt'])
      expect(await find('third zo')).toEqual(['kurt'])
      expect(await find('hird')).toEqual([])
      expect(await find('%')).toEqual([])
      expect(await find('_oe')).toEqual([])
      expect(await find('nul\u0000')).toEqual([])
      expect(await find('half\ud800')).toEqual([])
      expect((await fixture.store.findUsers('zoe', 1))[0]).toEqual({
        id: 'zoe',
        username: 'Zoe',
        displayName: 'Somebody',
      })
    })

    test.each([
      ['kovacs', 'László Kovács', 'lk'],
      ['Kovács', 'Judit Kovács', 'judit'],
      ['muller', 'Anna Müller', 'am'],
      ['müller', 'Otto Mu\u0308ller', 'om'],
      ['jorg', 'Jörg', 'jm'],
      ['太郎', '山田太郎', 'yamada'],
      ['nowak', 'Someone', 'łukasz.nowak'],
      ['lukasz', 'Someone Else', 'łukasz.kowal'],
      ['istanbul', 'Ali', 'ali_İstanbul'],
      ['weiss', 'Uwe Weiß', 'uw'],
    ])('[F24] %s finds %s (%s)', async (typed, displayName, username) => {
      await fixture.store.createUser({ ...newUser(username, displayName), id: `f24-${username}` })
      const found = await fixture.store.findUsers(typed, 20)
      expect(found.map(({ id }) => id)).toContain(`f24-${username}`)
      await fixture.reopen()
      expect(await fixture.store.findUsers(typed, 20)).toEqual(found)
    })

    test('[F24] all words must be found, and the exact username comes first among many', async () => {
      for (let i = 0; i < 30; i += 1) {
        const user = newUser(`p${i}`, `Mary Smith ${String.fromCodePoint(97 + i)}x`)
        await fixture.store.createUser({ ...user, id: `many-${i}` })
      }
      await fixture.store.createUser({ ...newUser('smith', 'Zed'), id: 'exact' })
      expect(await fixture.store.findUsers('smith', 20)).toHaveLength(20)
      expect((await fixture.store.findUsers('smith', 20))[0]?.id).toBe('exact')
      expect((await fixture.store.findUsers('cx sm mar', 20)).map(({ id }) => id)).toEqual([
        'many-2',
      ])
    })
  })
}
