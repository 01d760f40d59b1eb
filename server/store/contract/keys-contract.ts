import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../store.ts'
import { type OpenStore, replyOf, useStore } from './fixture.ts'

/** Idempotency keys: applied once, ever, for each user. */
export function keysContract(open: OpenStore): void {
  describe('keys', () => {
    const fixture = useStore(open)

    test('[V4] every op with a key answers a repeat as the first time, and changes nothing', async () => {
      const group = await fixture.group(['bob'])
      const { id } = await fixture.send('ann', group, 'text')
      const key = randomUUID
      const twice = [
        () => {
          const asked = { key: key(), kind: 'group' as const, members: ['cy'], title: 'New' }
          return () => fixture.ask('conversation.create', 'ann', asked)
        },
        () => {
          const asked = { key: key(), conversation: group, body: 'sent' }
          return () => fixture.ask('send', 'ann', asked)
        },
        () => {
          const asked = { key: key(), message: id, body: 'edited', baseVersion: 1 }
          return () => fixture.ask('edit', 'ann', asked)
        },
        () => {
          const asked = { key: key(), message: id, emoji: '👍', on: true }
          return () => fixture.ask('react', 'bob', asked)
        },
        () => {
          const asked = { key: key(), conversation: group, title: 'Renamed' }
          return () => fixture.ask('conversation.update', 'ann', asked)
        },
        () => {
          const asked = { key: key(), conversation: group, user: 'cy' }
          return () => fixture.ask('member.add', 'ann', asked)
        },
        () => {
          const asked = { key: key(), conversation: group, user: 'cy', role: 'admin' as const }
          return () => fixture.ask('member.role', 'ann', asked)
        },
        () => {
          const asked = { key: key(), message: id }
          return () => fixture.ask('delete', 'cy', asked)
        },
        () => {
          const asked = { key: key(), conversation: group, user: 'cy' }
          return () => fixture.ask('member.remove', 'ann', asked)
        },
      ]
      const repeats: { ask: () => Promise<Outcome>; first: Outcome }[] = []
      for (const make of twice) {
        const ask = make()
        const first = await ask()
        expect(first).toMatchObject({ ok: true, duplicate: false })
        repeats.push({ ask, first })
      }
      const heads = await fixture.store.heads([group, 'user:ann', 'user:cy'])
      await fixture.reopen()
      for (const { ask, first } of repeats) {
        expect(await ask()).toEqual({ ...first, duplicate: true })
      }
      expect(await fixture.store.heads([group, 'user:ann', 'user:cy'])).toEqual(heads)
    })

    test('[V4] a key belongs to its user, its op and its content, and is the same in capitals', async () => {
      const group = await fixture.group(['bob'])
      const key = randomUUID()
      const asked = { conversation: group, body: 'mine', key }
      const first = await fixture.ask('send', 'ann', asked)
      expect(await fixture.ask('send', 'bob', asked)).toMatchObject({ duplicate: false })
      const reused = { error: { code: 'key_reused' } }
      expect(await fixture.ask('send', 'ann', { ...asked, body: 'other' })).toMatchObject(reused)
      const { message } = replyOf<'send'>(first)
      expect(await fixture.ask('delete', 'ann', { message: message.id, key })).toMatchObject(reused)
      const capitals = { ...asked, key: key.toUpperCase() }
      expect(await fixture.ask('send', 'ann', capitals)).toEqual({ ...first, duplicate: true })
    })

    test('[V4] the same key many times at once makes one message', async () => {
      const group = await fixture.group([])
      const asked = { conversation: group, body: 'once', key: randomUUID() }
      const all = await Promise.all(
        Array.from({ length: 20 }, () => fixture.ask('send', 'ann', asked)),
      )
      expect(all.filter((outcome) => outcome.ok && !outcome.duplicate)).toHaveLength(1)
      expect(new Set(all.map((outcome) => replyOf<'send'>(outcome).seq)).size).toBe(1)
      expect((await fixture.store.heads([group])).get(group)).toBe(2)
    })

    test('a refusal is not remembered: the same key may succeed later', async () => {
      const group = await fixture.group([])
      const asked = { conversation: group, body: 'hello', key: randomUUID() }
      expect(await fixture.ask('send', 'dee', asked)).toMatchObject({
        error: { code: 'forbidden' },
      })
      await fixture.reply('member.add', 'ann', { conversation: group, user: 'dee' })
      expect(await fixture.ask('send', 'dee', asked)).toMatchObject({ ok: true, duplicate: false })
    })

    test('a repeat of a send whose message was deleted since has no body', async () => {
      const group = await fixture.group([])
      const asked = { conversation: group, body: 'secret', key: randomUUID() }
      const { message } = await fixture.reply('send', 'ann', asked)
      await fixture.reply('delete', 'ann', { message: message.id })
      const again = await fixture.ask('send', 'ann', asked)
      expect(again).toMatchObject({ duplicate: true, reply: { seq: message.seq } })
      expect(JSON.stringify(again)).not.toContain('secret')
      expect(replyOf<'send'>(again).message).toHaveProperty('deletedAt')
    })

    test('a repeat that comes together with the deletion, and after it, has no body either', async () => {
      const group = await fixture.group([])
      const asked = { conversation: group, body: 'secret', key: randomUUID() }
      const { message } = await fixture.reply('send', 'ann', asked)
      const [erased, again] = await Promise.all([
        fixture.ask('delete', 'ann', { message: message.id }, 4),
        fixture.ask('send', 'ann', asked, 4),
      ])
      expect([erased, again]).toMatchObject([{ ok: true }, { duplicate: true }])
      expect(JSON.stringify(again)).not.toContain('secret')
    })

    test('[O3] a change waits for the one named in `after`, also when both come together', async () => {
      const group = await fixture.group([])
      const keys = Array.from({ length: 50 }, () => randomUUID())
      const send = (i: number) => {
        const after = keys[i - 1]
        const asked = { conversation: group, body: `${i}`, ...(after !== undefined && { after }) }
        return fixture.ask('send', 'ann', { ...asked, key: keys[i] ?? '' }, 9)
      }
      expect(await send(1)).toMatchObject({ error: { code: 'out_of_order', retryable: true } })
      const all = await Promise.all(keys.map((_, i) => send(i)))
      expect(all.every(({ ok }) => ok)).toBe(true)
      const other = { conversation: group, body: 'x', after: keys[0] ?? '' }
      await fixture.reply('member.add', 'ann', { conversation: group, user: 'bob' })
      expect(await fixture.ask('send', 'bob', other)).toMatchObject({
        error: { code: 'out_of_order' },
      })
    })
  })
}
