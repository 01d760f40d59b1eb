import { once } from 'node:events'
import net from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { answersX, parseCookies, xServerOf } from './x-server.mjs'

const servers: net.Server[] = []

/** A server on this computer that does this with each connection; its DISPLAY. */
async function listening(greet: (socket: net.Socket) => void): Promise<string> {
  for (let number = 200; ; number += 1) {
    const server = net.createServer((socket) => {
      socket.on('error', () => socket.destroy())
      greet(socket)
    })
    server.listen(6_000 + number, '127.0.0.1')
    const [outcome] = await Promise.race([
      once(server, 'listening').then(() => ['listening']),
      once(server, 'error'),
    ])
    if (outcome !== 'listening') continue
    servers.push(server)
    return `127.0.0.1:${number}`
  }
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

describe('whether there is a display behind DISPLAY', () => {
  test('one that lets us in', async () => {
    const display = await listening((socket) => socket.once('data', () => socket.write('\u0001')))
    expect(await answersX(display, {})).toBe(true)
  })

  test('one that refuses, one that closes, one that never answers, and none', async () => {
    const refusing = await listening((socket) => socket.once('data', () => socket.write('\u0000')))
    const closing = await listening((socket) => socket.end())
    const silent = await listening((socket) => socket.resume())
    for (const display of [refusing, closing, silent, ':54321', 'nonsense', ':x']) {
      expect(await answersX(display, {}, 100), display).toBe(false)
    }
  })
})

test('what DISPLAY names', () => {
  expect(xServerOf(':7')?.places).toContainEqual({ path: '/tmp/.X11-unix/X7' })
  expect(xServerOf('unix:7.1')?.number).toBe('7')
  expect(xServerOf('localhost:10.0')?.places).toEqual([{ host: 'localhost', port: 6_010 }])
  expect(xServerOf('[::1]:1')?.places).toEqual([{ host: '::1', port: 6_001 }])
  expect(xServerOf('0')).toBeNull()
})

test('the cookies for a display', () => {
  const part = (text: string) => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(text.length)
    return Buffer.concat([length, Buffer.from(text, 'latin1')])
  }
  const entry = (number: string, data: string) =>
    Buffer.concat([
      Buffer.from([1, 0]),
      part('host'),
      part(number),
      part('MIT-MAGIC-COOKIE-1'),
      part(data),
    ])
  const file = Buffer.concat([entry('0', 'first'), entry('1', 'second'), entry('', 'any')])
  expect(parseCookies(file, '0').map(String)).toEqual(['first', 'any'])
  expect(parseCookies(file.subarray(0, 20), '0')).toEqual([])
})
