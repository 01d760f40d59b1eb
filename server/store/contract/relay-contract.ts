import { describe, expect, test } from 'vitest'
import { type OpenStore, useStore } from './fixture.ts'

/** How far committed events have been handed on [V10]. */
export function relayContract(open: OpenStore): void {
  describe('relay', () => {
    const fixture = useStore(open)

    test('[V10] streams are behind until they are marked, and a mark never goes back or beyond', async () => {
      const near = await fixture.group([])
      const far = await fixture.group([])
      for (let i = 0; i < 5; i += 1) await fixture.send('ann', far, `${i}`)
      const behind = async () =>
        (await fixture.store.unrelayed(100)).filter(({ stream }) => [near, far].includes(stream))
      expect(await behind()).toEqual([
        { stream: far, relayed: 0, head: 6 },
        { stream: near, relayed: 0, head: 1 },
      ])
      expect(await fixture.store.unrelayed(1)).toHaveLength(1)
      await fixture.store.markRelayed(
        new Map([
          [far, 4],
          [near, 1],
          ['none', 7],
        ]),
      )
      expect(await behind()).toEqual([{ stream: far, relayed: 4, head: 6 }])
      await fixture.store.markRelayed(new Map([[far, 2]]))
      expect(await behind()).toEqual([{ stream: far, relayed: 4, head: 6 }])
      await fixture.store.markRelayed(new Map([[far, 99]]))
      expect(await behind()).toEqual([])
      await fixture.send('ann', far, 'more')
      expect(await behind()).toEqual([{ stream: far, relayed: 6, head: 7 }])
      await fixture.store.markRelayed(new Map())
    })
  })
}
