import { describe, expect, test } from 'vitest'
import { ManualClock } from '../test-support/manual-clock.ts'
import { TestReceiver } from '../test-support/test-receiver.ts'
import { Presence, type PresentSession } from './presence.ts'
import type { Signal } from './stream-bus.ts'

type PresenceSignal = Extract<Signal, { type: 'presence' | 'node' }>

/** Nodes that hear each other, unless cut off. */
class Nodes {
  readonly clock = new ManualClock()
  readonly #nodes: TestNode[] = []

  node(name: string): TestNode {
    const node = new TestNode(name, this.clock, (signal) => {
      for (const each of this.#nodes) {
        if (each === node || (each.isHeard && node.isHeard)) each.presence.take(signal)
      }
    })
    this.#nodes.push(node)
    return node
  }
}

class TestNode {
  readonly presence: Presence
  isHeard = true
  readonly #sessions = new Set<PresentSession & { receiver: TestReceiver }>()

  constructor(name: string, clock: ManualClock, tell: (signal: PresenceSignal) => void) {
    const sessions = this.#sessions
    this.presence = new Presence({
      node: name,
      timing: clock,
      signal: (signal) => {
        if (signal.type === 'presence' || signal.type === 'node') tell(signal)
      },
      *audience(conversation) {
        for (const { receiver, streams } of sessions) {
          if ([...streams()].includes(conversation)) yield receiver
        }
      },
    })
  }

  connect(user: string, ...conversations: string[]) {
    const receiver = new TestReceiver(user)
    const streams = new Set([`user:${user}`, ...conversations])
    const session = { receiver, streams: () => streams }
    this.#sessions.add(session)
    this.presence.arrived(session)
    return {
      /** What was pushed of another user. */
      seen: (other: string) =>
        receiver.pushes.flatMap((push) =>
          push.push === 'presence' && push.user === other ? [push.online] : [],
        ),
      join: (conversation: string) => {
        streams.add(conversation)
        this.presence.joined(session, conversation)
      },
      leave: () => {
        this.presence.left(session)
        this.#sessions.delete(session)
      },
    }
  }
}

const SOON = 2_000

describe('presence on one node', () => {
  test('online with the first socket, offline after the last', async () => {
    const nodes = new Nodes()
    const node = nodes.node('one')
    const ann = node.connect('ann', 'c')
    await nodes.clock.pass(SOON)
    const phone = node.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    const laptop = node.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    phone.leave()
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob')).toEqual([true])
    laptop.leave()
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob')).toEqual([true, false])
  })

  test('one who comes back at once was never away', async () => {
    const nodes = new Nodes()
    const node = nodes.node('one')
    const ann = node.connect('ann', 'c')
    const bob = node.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    bob.leave()
    node.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob')).toEqual([true])
  })

  test('only those who share a conversation are told; who arrives is told who is there', async () => {
    const nodes = new Nodes()
    const node = nodes.node('one')
    const ann = node.connect('ann', 'c')
    const eve = node.connect('eve', 'd')
    await nodes.clock.pass(SOON)
    const bob = node.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    expect(bob.seen('ann')).toEqual([true])
    expect(bob.seen('bob')).toEqual([])
    expect(eve.seen('ann')).toEqual([])
    expect(eve.seen('bob')).toEqual([])
    expect(ann.seen('eve')).toEqual([])
  })

  test('those who come to share a conversation learn of each other', async () => {
    const nodes = new Nodes()
    const node = nodes.node('one')
    const ann = node.connect('ann')
    const bob = node.connect('bob')
    await nodes.clock.pass(SOON)
    ann.join('c')
    bob.join('c')
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob').at(-1)).toBe(true)
    expect(bob.seen('ann').at(-1)).toBe(true)
  })
})

describe('presence over nodes', () => {
  test('online anywhere is online; offline when gone everywhere', async () => {
    const nodes = new Nodes()
    const [one, two] = [nodes.node('one'), nodes.node('two')]
    const ann = one.connect('ann', 'c')
    await nodes.clock.pass(SOON)
    const there = two.connect('bob', 'c')
    const here = one.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob').at(-1)).toBe(true)
    there.leave()
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob').at(-1)).toBe(true)
    here.leave()
    await nodes.clock.pass(SOON)
    expect(ann.seen('bob').at(-1)).toBe(false)
  })

  test('one who arrives learns of those on other nodes', async () => {
    const nodes = new Nodes()
    const [one, two] = [nodes.node('one'), nodes.node('two')]
    one.connect('ann', 'c')
    await nodes.clock.pass(SOON)
    const bob = two.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    expect(bob.seen('ann').at(-1)).toBe(true)
    const cat = two.connect('cat', 'c')
    await nodes.clock.pass(SOON)
    expect(cat.seen('ann').at(-1)).toBe(true)
  })

  test('a node that falls silent, or says goodbye, has nobody online', async () => {
    const nodes = new Nodes()
    const [one, two, three] = [nodes.node('one'), nodes.node('two'), nodes.node('three')]
    const ann = one.connect('ann', 'c')
    await nodes.clock.pass(SOON)
    two.connect('bob', 'c')
    three.connect('cat', 'c')
    await nodes.clock.pass(SOON)
    expect([ann.seen('bob').at(-1), ann.seen('cat').at(-1)]).toEqual([true, true])
    three.presence.stop()
    expect(ann.seen('cat').at(-1)).toBe(false)
    two.isHeard = false
    await nodes.clock.pass(60_000)
    expect(ann.seen('bob').at(-1)).toBe(false)
  })
})

describe('presence of one who is known and comes to a node that knows nobody', () => {
  test('back at once after the first telling: learns of those on the other node', async () => {
    const nodes = new Nodes()
    const [one, two] = [nodes.node('one'), nodes.node('two')]
    const glimpse = two.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    // Gone while others come online, and back before the next telling.
    glimpse.leave()
    one.connect('ann', 'c')
    one.presence.tell()
    const bob = two.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    expect(bob.seen('ann')).toEqual([true])
  })

  test('with a socket on a third node already: learns of them all the same', async () => {
    const nodes = new Nodes()
    const [one, two, three] = [nodes.node('one'), nodes.node('two'), nodes.node('three')]
    one.connect('ann', 'c')
    two.isHeard = false
    await nodes.clock.pass(SOON)
    three.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    two.isHeard = true
    const bob = two.connect('bob', 'c')
    await nodes.clock.pass(SOON)
    expect(bob.seen('ann')).toEqual([true])
  })
})
