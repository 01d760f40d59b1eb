import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestBench } from './test-support/test-bench.ts'

let bench: TestBench

beforeEach(() => {
  bench = new TestBench()
})
afterEach(() => bench.dispose())

describe('names that every object has', () => {
  test.each(['constructor', '__proto__', 'toString'])(
    '[O9] one reaction named %s is shown, and the app goes on, over a restart too',
    async (emoji) => {
      const { me, bob, conversation } = await bench.signedIn()
      const { id } = bench.server.send(bob, conversation, 'ahoy')
      await bench.time.advance(100)
      bench.server.take(bob, { op: 'react', key: 'k1', message: id, emoji, on: true })
      await bench.time.advance(100)
      const shown = async () => (await bench.message(conversation, id))?.reactions
      expect(await shown()).toMatchObject([{ emoji, users: [{ id: bob }], mine: false }])

      await bench.killAndRestart()
      expect((await bench.state()).session).toMatchObject({ user: { id: me } })
      expect(await shown()).toMatchObject([{ emoji, users: [{ id: bob }] }])
      await bench.send(conversation, 'still here')
      await bench.time.advance(100)
      expect(bench.server.bodies(conversation)).toEqual(['ahoy', 'still here'])
    },
  )
})
