import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { MAX_WAITING_BYTES } from '../../protocol/limits.ts'
import { settle } from '../test-support/manual-clock.ts'
import { SocketOutlet, Turn } from './socket-outlet.ts'

describe('[V7] the way out', () => {
  test('what is written in one turn leaves together, after the promises of that turn', async () => {
    const socket = new PassThrough()
    const writes: string[] = []
    const turn = new Turn()
    const outlet = new SocketOutlet(socket, turn, () => undefined)
    socket.uncork = () => {
      writes.push(String(socket.writableLength))
      PassThrough.prototype.uncork.call(socket)
    }
    outlet.write(Buffer.from('push '))
    await Promise.resolve().then(() => outlet.write(Buffer.from('reply')))
    await settle()
    expect(writes).toEqual(['10'])
    expect(String(socket.read())).toBe('push reply')
  })

  test('more than 4 MiB that nobody takes is too much, said once', async () => {
    const socket = new PassThrough({ highWaterMark: 1 })
    let overflows = 0
    const outlet = new SocketOutlet(socket, new Turn(), () => {
      overflows++
      outlet.writeLast(Buffer.from('bye'))
    })
    for (let written = 0; written < 3 * MAX_WAITING_BYTES; written += 64 * 1024) {
      outlet.write(Buffer.alloc(64 * 1024))
      await settle()
      if (written <= MAX_WAITING_BYTES - 128 * 1024) expect(overflows).toBe(0)
    }
    expect(overflows).toBe(1)
    expect(outlet.waiting).toBeLessThan(MAX_WAITING_BYTES + 1024 * 1024)
  })

  test('however many wait for room, the socket has one listener; each is called once', async () => {
    const socket = new PassThrough({ highWaterMark: 1 })
    const outlet = new SocketOutlet(socket, new Turn(), () => undefined)
    const before = socket.listenerCount('drain')
    outlet.write(Buffer.alloc(512 * 1024))
    await settle()
    const called: number[] = []
    const all = Array.from(
      { length: 50 },
      (_, i) =>
        new Promise<void>((resolve) =>
          outlet.onceLow(() => {
            called.push(i)
            resolve()
          }),
        ),
    )
    expect(socket.listenerCount('drain')).toBe(before + 1)
    socket.resume()
    await Promise.all(all)
    expect(called).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(socket.listenerCount('drain')).toBe(before)
  })

  test('one who waits for room is called when there is some', async () => {
    const socket = new PassThrough({ highWaterMark: 1 })
    const outlet = new SocketOutlet(socket, new Turn(), () => undefined)
    outlet.write(Buffer.alloc(512 * 1024))
    await settle()
    expect(outlet.isLow).toBe(false)
    const low = new Promise<void>((resolve) => outlet.onceLow(resolve))
    socket.resume()
    await low
    expect(outlet.isLow).toBe(true)
  })
})
