import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { homedir } from 'node:os'
import path from 'node:path'

/** How long an X server may take to say whether it lets us in, in ms. */
const ANSWER_MS = 5_000

/**
 * Where the X server of a DISPLAY listens: `:0`, `unix:0.1`, `host:10.0`. null: this names none.
 * @param {string} display
 * @returns {{ number: string, places: net.NetConnectOpts[] } | null}
 */
export function xServerOf(display) {
  const match = /^(?<host>[^:]*|\[[^\]]*\]):(?<number>\d{1,5})(?:\.\d+)?$/.exec(display)
  if (match?.groups === undefined) return null
  const { host = '', number = '0' } = match.groups
  if (host === '' || host === 'unix') {
    const socket = `/tmp/.X11-unix/X${number}`
    // Linux has a second name for it, which is in no folder.
    return { number, places: [{ path: socket }, { path: `\0${socket}` }] }
  }
  return { number, places: [{ host: host.replace(/^\[|\]$/g, ''), port: 6_000 + Number(number) }] }
}

/**
 * Whether there is an X server behind a DISPLAY that lets us in: it is asked as every program asks it.
 * @param {string} display
 * @param {NodeJS.ProcessEnv} env
 * @param {number} [answerMs]
 * @returns {Promise<boolean>}
 */
export async function answersX(display, env, answerMs = ANSWER_MS) {
  const server = xServerOf(display)
  if (server === null) return false
  const cookies = await cookiesFor(server.number, env)
  for (const place of server.places) {
    // Who is let in without a cookie needs none; one that is refused may be of another server.
    for (const cookie of [...cookies, null]) {
      const answer = await ask(place, cookie, answerMs)
      if (answer === 'welcome') return true
      if (answer === 'nobody') break
    }
  }
  return false
}

/**
 * Begins a connection to an X server, and ends it.
 * @param {net.NetConnectOpts} place
 * @param {Buffer | null} cookie
 * @param {number} answerMs
 * @returns {Promise<'welcome' | 'refused' | 'nobody'>}
 */
function ask(place, cookie, answerMs) {
  return new Promise((resolve) => {
    const socket = net.connect(place)
    const end = (/** @type {'welcome' | 'refused' | 'nobody'} */ answer) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(end, answerMs, 'nobody')
    socket.once('error', () => end('nobody'))
    socket.once('close', () => end('nobody'))
    socket.once('connect', () => socket.write(greeting(cookie)))
    socket.once('data', (data) => end(data[0] === 1 ? 'welcome' : 'refused'))
  })
}

const COOKIE_NAME = 'MIT-MAGIC-COOKIE-1'

/**
 * The first bytes of a client: byte order, version 11.0, and what proves that it may come in.
 * @param {Buffer | null} cookie
 */
function greeting(cookie) {
  const name = Buffer.from(cookie === null ? '' : COOKIE_NAME)
  const data = cookie ?? Buffer.alloc(0)
  const head = Buffer.alloc(12)
  head.write('l')
  head.writeUInt16LE(11, 2)
  head.writeUInt16LE(name.length, 6)
  head.writeUInt16LE(data.length, 8)
  return Buffer.concat([head, padded(name), padded(data)])
}

/** @param {Buffer} part */
function padded(part) {
  return Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)])
}

/**
 * The cookies that this user has for a display, from the file that every X program reads.
 * @param {string} number
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Buffer[]>}
 */
async function cookiesFor(number, { HOME: home = homedir(), XAUTHORITY: named }) {
  const file = named ?? path.join(home, '.Xauthority')
  /** @type {Buffer} */
  let content
  try {
    content = await readFile(file)
  } catch {
    // None is the usual case on a virtual display: then none is asked for.
    return []
  }
  return parseCookies(content, number)
}

/**
 * Entries of family, address, number, name, data; all but the first with their length before them, big-endian.
 * @param {Buffer} content
 * @param {string} number
 * @returns {Buffer[]}
 */
export function parseCookies(content, number) {
  const found = []
  let at = 0
  const field = () => {
    if (at + 2 > content.length) return null
    const end = at + 2 + content.readUInt16BE(at)
    const part = content.subarray(at + 2, end)
    at = end
    return end <= content.length ? part : null
  }
  while (at + 2 <= content.length) {
    at += 2
    const [, display, name, data] = [field(), field(), field(), field()]
    if (display === null || display === undefined || !name || !data) break
    const fits = display.length === 0 || display.toString('latin1') === number
    if (fits && name.toString('latin1') === COOKIE_NAME) found.push(data)
  }
  return found
}
