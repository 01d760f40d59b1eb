import { expect, test } from 'vitest'
import { Subscriptions } from './subscriptions.ts'

function harness() {
  const commands: string[] = []
  const pending: (() => void)[] = []
  let ready = true
  const subscriptions = new Subscriptions(
    {
      ready: () => ready,
      subscribe(channels) {
        commands.push(`+${channels.join(',')}`)
        return new Promise<void>((resolve, reject) => {
          pending.push(() => (ready ? resolve() : reject(new Error('cut'))))
        })
      },
      async unsubscribe(channels) {
        commands.push(`-${channels.join(',')}`)
      },
    },
    ['signals'],
  )
  return {
    subscriptions,
    commands,
    answer: () => pending.shift()?.(),
    cut: () => {
      ready = false
    },
    mend: () => {
      ready = true
      subscriptions.connectionReplaced()
    },
  }
}

test('channels asked for in one turn go in one command, and each waits for its confirmation', async () => {
  const { subscriptions, commands, answer } = harness()
  const both = Promise.all([subscriptions.add('a'), subscriptions.add('b')])
  await Promise.resolve()
  expect(commands).toEqual(['+a,b'])
  answer()
  await both
})

test('a new connection has all that is wanted subscribed again, not what was removed', async () => {
  const { subscriptions, commands, answer, cut, mend } = harness()
  const added = Promise.all([subscriptions.add('a'), subscriptions.add('b')])
  await Promise.resolve()
  answer()
  await added
  cut()
  await subscriptions.remove('b')
  mend()
  const restored = subscriptions.restore()
  answer()
  await restored
  expect(commands).toEqual(['+a,b', '+signals,a'])
  await subscriptions.restore()
  expect(commands).toHaveLength(2)
})

test('one that failed is wanted still', async () => {
  const { subscriptions, commands, answer, cut, mend } = harness()
  const added = subscriptions.add('a')
  await Promise.resolve()
  cut()
  answer()
  await expect(added).rejects.toThrow('cut')
  mend()
  const restored = subscriptions.restore()
  answer()
  await restored
  expect(commands.at(-1)).toBe('+signals,a')
})

test('one removed while its subscription is on its way does not stay', async () => {
  const { subscriptions, commands, answer } = harness()
  const added = subscriptions.add('a')
  await Promise.resolve()
  await subscriptions.remove('a')
  answer()
  await added
  expect(commands).toEqual(['+a', '-a', '-a'])
})
