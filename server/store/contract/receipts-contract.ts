import { describe, expect, test } from 'vitest'
import type { Receipt } from '../../../protocol/model/receipt.ts'
import { type OpenStore, useStore } from './fixture.ts'

const AMPLE = 1_000

/** How far members have come: marks in the rows of their places, and nothing in the log. */
export function receiptsContract(open: OpenStore): void {
  describe('receipts', () => {
    const fixture = useStore(open)

    const receipts = async (reader: string, conversation: string): Promise<readonly Receipt[]> => {
      const [told] = await fixture.store.receipts(reader, [conversation], AMPLE)
      return told?.receipts ?? []
    }
    const deliver = (actor: string, conversation: string, seq: number) =>
      fixture.ask('delivered', actor, { conversation, seq })

    test('[R2] [R3] marks move forward, never past the head, and make no event', async () => {
      const group = await fixture.group(['bob'])
      await fixture.send('ann', group, 'one')
      await fixture.send('ann', group, 'two')
      fixture.told.length = 0
      const moved = async (seq: number) => {
        const outcome = await deliver('bob', group, seq)
        return outcome.ok ? outcome.moved?.receipt.delivered : outcome.error.code
      }
      expect([await moved(2), await moved(1), await moved(2), await moved(99)]).toEqual([
        2,
        undefined,
        undefined,
        3,
      ])
      const ann = { user: 'ann', joined: 1, delivered: 0, read: 0 }
      const bob = { user: 'bob', joined: 1, delivered: 3, read: 0 }
      expect(await receipts('ann', group)).toEqual([ann, bob])
      expect(fixture.told).toEqual([])
      expect(await fixture.events(group)).toHaveLength(3)
      await fixture.reopen()
      expect(await receipts('ann', group)).toEqual([ann, bob])
    })

    test('[R2] marks that arrive together leave the highest', async () => {
      const group = await fixture.group(['bob'])
      for (const body of ['2', '3', '4', '5']) await fixture.send('ann', group, body)
      await Promise.all([3, 5, 2, 4].map((seq) => deliver('bob', group, seq)))
      expect(await receipts('ann', group)).toContainEqual({
        ...{ user: 'bob', joined: 1, delivered: 5, read: 0 },
      })
    })

    test('[R1] what was read was delivered, and both are told when they move', async () => {
      const group = await fixture.group(['bob'])
      await fixture.send('ann', group, 'one')
      const outcome = await fixture.ask('read', 'bob', { conversation: group, seq: 2 })
      const bob = { user: 'bob', joined: 1, delivered: 2, read: 2 }
      expect(outcome).toMatchObject({ ok: true, moved: { conversation: group, receipt: bob } })
      expect(await receipts('ann', group)).toContainEqual(bob)
      const again = await fixture.ask('read', 'bob', { conversation: group, seq: 2 })
      expect(again).not.toHaveProperty('moved')
      expect(await deliver('bob', group, 2)).not.toHaveProperty('moved')
    })

    test('[R1] a member counts from the event that made it one; a new role changes nothing', async () => {
      const group = await fixture.group([])
      await fixture.send('ann', group, 'before bob')
      const bob = { conversation: group, user: 'bob' }
      const added = await fixture.reply('member.add', 'ann', bob)
      await fixture.reply('member.role', 'ann', { ...bob, role: 'admin' })
      const joined = async () => (await receipts('ann', group)).map((receipt) => receipt.joined)
      expect(await joined()).toEqual([1, added.seq])
      await deliver('bob', group, 4)
      await fixture.reply('member.remove', 'ann', bob)
      expect(await joined()).toEqual([1])
      const back = await fixture.reply('member.add', 'ann', bob)
      expect(await receipts('ann', group)).toContainEqual({
        ...{ user: 'bob', joined: back.seq, delivered: 4, read: 0 },
      })
    })

    test('[V6] one who is no member moves nothing and is told nothing', async () => {
      const group = await fixture.group(['bob', 'cy'])
      await fixture.send('ann', group, 'one')
      await fixture.reply('member.remove', 'ann', { conversation: group, user: 'cy' })
      for (const outsider of ['cy', 'dee']) {
        expect(await deliver(outsider, group, 2)).toMatchObject({ error: { code: 'forbidden' } })
        expect(await fixture.store.receipts(outsider, [group], AMPLE)).toEqual([])
      }
      expect(await deliver('bob', 'nowhere', 2)).toMatchObject({ error: { code: 'not_found' } })
      expect((await receipts('bob', group)).map(({ user }) => user)).toEqual(['ann', 'bob'])
    })

    test('[V7] an answer holds whole conversations, in the order asked for, up to a bound', async () => {
      const groups = [
        await fixture.group(['bob', 'cy']),
        await fixture.group(['bob']),
        await fixture.group([]),
      ]
      const [first = '', second = '', third = ''] = groups
      const told = async (asked: readonly string[], limit: number) =>
        (await fixture.store.receipts('ann', asked, limit)).map((each) => each.conversation)
      expect(await told([third, first, 'nowhere', second, first], 6)).toEqual([
        third,
        first,
        second,
      ])
      expect(await told([first, second, third], 5)).toEqual([first, second])
      expect(await told([first, second, third], 4)).toEqual([first])
      expect(await told([], 4)).toEqual([])
    })
  })
}
